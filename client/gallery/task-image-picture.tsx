import { createEffect, createSignal, type JSX, on, Show } from 'solid-js';
import { ownAddress } from './downloads.ts';
import { type GalleryItem, useImageActions } from './image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';

type Fault = 'none' | 'broken' | 'expired';

/** The image, or an error in its place. */
export function TaskImagePicture(props: { item: GalleryItem; isLarge: boolean; children: JSX.Element }) {
  const actions = useImageActions();
  const image = () => props.item.image;
  const [fault, setFault] = createSignal<Fault>('none');
  const thumbnailUrl = () => image().thumbnailUrl;
  createEffect(on(thumbnailUrl, () => setFault('none')));

  /** Replaces an expired URL silently; the user is notified only if that fails. */
  const onError = async () => {
    const failedUrl = thumbnailUrl();
    if (!(await hasExpired(image().downloadUrl))) return setFault('broken');
    await actions.refresh(props.item.task.id);
    if (thumbnailUrl() === failedUrl) setFault('expired');
  };
  const loadAgain = async () => {
    await actions.refresh(props.item.task.id);
    setFault('none');
  };

  return (
    <Show
      when={fault() === 'none'}
      fallback={
        <div class="task-image-broken" role="alert">
          <p>
            {fault() === 'expired'
              ? lazyMessages.task.linkExpired
              : lazyMessages.task.imageBroken(props.item.code)}
          </p>
          <Button kind="film" onClick={() => void loadAgain()}>
            {fault() === 'expired' ? lazyMessages.task.newLink : lazyMessages.task.loadAgain}
          </Button>
        </div>
      }
    >
      <Thumbnail item={props.item} isLarge={props.isLarge} onError={() => void onError()} />
      {props.children}
    </Show>
  );
}

/** The image from its blurred placeholder to the sharp picture. */
function Thumbnail(props: { item: GalleryItem; isLarge: boolean; onError: () => void }) {
  const image = () => props.item.image;
  const [isReady, setReady] = createSignal(false);
  const [placeholder, setPlaceholder] = createSignal<string>();
  createEffect(() => void placeholderUrl(image().thumbhash).then(setPlaceholder));
  const show = async (picture: HTMLImageElement) => {
    // Fade in once it is decoded, so that no half image fades in.
    await picture.decode?.().catch(() => {});
    setReady(true);
  };
  return (
    <>
      <div
        class="task-image-ground"
        style={{ 'background-image': placeholder() && `url("${placeholder()}")` }}
      />
      <img
        class="task-image-picture"
        classList={{ 'task-image-picture-ready': isReady() }}
        src={image().thumbnailUrl}
        srcset={
          props.isLarge
            ? `${image().thumbnailUrl} ${thumbnailWidth(image())}w, ${image().url} ${image().width}w`
            : undefined
        }
        sizes={props.isLarge ? '(max-width: 860px) 90vw, 480px' : undefined}
        width={image().width}
        height={image().height}
        alt={lazyMessages.task.image(props.item.code, props.item.task.prompt)}
        draggable={false}
        loading="lazy"
        decoding="async"
        onLoad={(event) => void show(event.currentTarget)}
        onError={() => props.onError()}
      />
    </>
  );
}

/** The long side of a thumbnail, in pixels. */
const thumbnailSide = 400;

function thumbnailWidth({ width, height }: { width: number; height: number }): number {
  return Math.round(width * Math.min(1, thumbnailSide / Math.max(width, height)));
}

/** All URLs of an image expire together; the download URL is same-origin. */
async function hasExpired(downloadUrl: string): Promise<boolean> {
  try {
    const { status } = await fetch(ownAddress(downloadUrl), { method: 'HEAD' });
    return status === 403 || status === 404 || status === 410;
  } catch {
    return false;
  }
}

/** A placeholder as a data URL; undefined if the hash is invalid. The decoder is loaded with the first image. */
async function placeholderUrl(thumbhash: string): Promise<string | undefined> {
  try {
    const { thumbHashToDataURL } = await import('thumbhash');
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
