/** Which image the lightbox shows, in the query `?frame=`: Back closes it, and the address opens it again. */
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { addressWith, pushAddress, replaceAddress } from '../../ui/router.ts';

export interface ImageAddress {
  imageId: Accessor<string | undefined>;
  /** Shows it; the browser's Back leads here again. */
  open(imageId: string): void;
  /** Shows another one in place of it. */
  show(imageId: string): void;
  close(): void;
}

/** Listens until its owner ends. */
export function createImageAddress(): ImageAddress {
  const read = () => new URL(location.href).searchParams.get('frame') ?? undefined;
  const [imageId, setImageId] = createSignal(read());
  /** Whether the history entry before this one is the same page without the lightbox. */
  const isOpenedHere = () => Boolean((history.state as { frameOpened?: boolean } | null)?.frameOpened);
  const update = () => void setImageId(read());
  window.addEventListener('popstate', update);
  onCleanup(() => window.removeEventListener('popstate', update));

  return {
    imageId,
    open(id) {
      pushAddress(address(id), { ...(history.state as object | null), frameOpened: true });
      update();
    },
    show(id) {
      replaceAddress(address(id));
      update();
    },
    close() {
      if (imageId() === undefined) return;
      if (isOpenedHere()) {
        // At once: `popstate` comes later.
        setImageId(undefined);
        history.back();
        return;
      }
      replaceAddress(address(undefined));
      update();
    },
  };
}

const address = (imageId: string | undefined) => addressWith({ frame: imageId });
