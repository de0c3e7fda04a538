import { createSignal, onCleanup } from 'solid-js';
import { addressWith, pushAddress, replaceAddress } from '../ui/router.ts';

/**
 * The image that the lightbox shows, in the query `?frame=`: Back closes it, and the address opens it again. Listens
 * until its owner ends.
 */
export function createImageAddress() {
  const read = () => new URL(location.href).searchParams.get('frame') ?? undefined;
  const [imageId, setImageId] = createSignal(read());
  /** Whether the history entry before this one is the same page without the lightbox. */
  const isOpenedHere = () => Boolean((history.state as { frameOpened?: boolean } | null)?.frameOpened);
  const update = () => void setImageId(read());
  /** Shows another image, or none, in place of this one. */
  const show = (id: string | undefined) => {
    replaceAddress(addressWith({ frame: id }));
    update();
  };
  window.addEventListener('popstate', update);
  onCleanup(() => window.removeEventListener('popstate', update));

  return {
    imageId,
    show,
    /** Shows it; the browser's Back leads here again. */
    open(id: string) {
      pushAddress(addressWith({ frame: id }), { ...(history.state as object | null), frameOpened: true });
      update();
    },
    close() {
      if (imageId() === undefined) return;
      if (!isOpenedHere()) return show(undefined);
      // At once: `popstate` comes later.
      setImageId(undefined);
      history.back();
    },
  };
}
