import { createEffect, createSignal, type JSX, on, onMount, Show } from 'solid-js';
import { carryImage } from '../../images/drag-image.ts';
import { placeholderUrl } from '../../images/placeholder.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { laterWords } from '../../ui/words-later.ts';
import { type FrameTools, useFrameTools } from '../frames/frame-tools.ts';
import type { FrameOf } from '../frames/frame.ts';
import { PencilRing } from './pencil-ring.tsx';

export interface FrameProps {
  frame: FrameOf;
  /** Shown so large that its thumbnail may be too small. */
  isLarge?: boolean;
  /** Whether the Tab key stops here. */
  isTabStop: boolean;
  onFocus: () => void;
}

/** One picture on the film, and what can be done with it. */
export function Frame(props: FrameProps) {
  const tools = useFrameTools();
  const imageId = () => props.frame.image.id;
  const isMarked = () => tools.marks.has(imageId());
  const isSelected = () => tools.selection.has(imageId());
  // A ring draws itself only where somebody looks on.
  let isSeen = false;
  onMount(() => (isSeen = true));
  const press = (event: MouseEvent) => {
    if (!tools.selection.isOn()) return tools.open(imageId());
    if (event.shiftKey) tools.selection.extendTo(imageId());
    else tools.selection.toggle(imageId());
  };

  return (
    <li
      class="frame"
      classList={{ 'frame-selected': isSelected(), 'frame-selectable': tools.selection.isOn() }}
      onFocusIn={() => props.onFocus()}
    >
      <div
        class="frame-box"
        draggable={!tools.selection.isOn()}
        onDragStart={(event) =>
          carryImage(event, { image: props.frame.image, name: laterWords.lightbox.label(props.frame.code) })
        }
      >
        <FramePicture frame={props.frame} isLarge={props.isLarge ?? false}>
          <button
            type="button"
            class="frame-open"
            data-frame={imageId()}
            tabIndex={props.isTabStop ? 0 : -1}
            aria-label={(tools.selection.isOn() ? laterWords.strip.selectFrame : laterWords.strip.openFrame)(
              props.frame.code,
            )}
            aria-haspopup={tools.selection.isOn() ? undefined : 'dialog'}
            aria-pressed={tools.selection.isOn() ? isSelected() : undefined}
            onClick={press}
          >
            <Show when={tools.selection.isOn()}>
              <span class="frame-check">
                <Show when={isSelected()}>
                  <Icon name="check" />
                </Show>
              </span>
            </Show>
          </button>
          <Show when={isMarked()}>
            <PencilRing imageId={imageId()} isFresh={isSeen} />
          </Show>
        </FramePicture>
      </div>
      <span class="frame-code code" aria-hidden="true">
        {props.frame.code}
      </span>
      <Show when={!tools.selection.isOn()}>
        <FrameActions
          frame={props.frame}
          tools={tools}
          isMarked={isMarked()}
          isTabStop={props.isTabStop}
          onMark={() => tools.marks.toggle(imageId())}
        />
      </Show>
    </li>
  );
}

function FrameActions(props: {
  frame: FrameOf;
  tools: FrameTools;
  isMarked: boolean;
  isTabStop: boolean;
  onMark: () => void;
}) {
  const tabIndex = () => (props.isTabStop ? undefined : -1);
  return (
    <div class="frame-actions">
      <button
        type="button"
        class="button button-icon"
        tabIndex={tabIndex()}
        aria-label={laterWords.strip.markFrame(props.frame.code)}
        aria-pressed={props.isMarked}
        onClick={() => props.onMark()}
      >
        <Icon name="pencil" />
      </button>
      <button
        type="button"
        class="button button-icon"
        tabIndex={tabIndex()}
        aria-label={laterWords.strip.useFrame(props.frame.code)}
        onClick={() => props.tools.use(props.frame)}
      >
        <Icon name="reference" />
      </button>
      <a
        class="button button-icon"
        tabIndex={tabIndex()}
        href={props.frame.image.downloadUrl}
        download=""
        aria-label={laterWords.strip.downloadFrame(props.frame.code)}
        onClick={(event) => {
          // The link is enough for the browser; fetched here, a failure can be told and mended.
          if (
            event.ctrlKey ||
            event.metaKey ||
            event.shiftKey ||
            event.altKey ||
            !isOwn(event.currentTarget.href)
          )
            return;
          event.preventDefault();
          void props.tools.downloads.one(props.frame);
        }}
      >
        <Icon name="download" />
      </a>
    </div>
  );
}

type Fault = 'none' | 'broken' | 'expired';

/** The picture from its first blurred patch to the sharp one, or what became of it instead. */
function FramePicture(props: { frame: FrameOf; isLarge: boolean; children: JSX.Element }) {
  const tools = useFrameTools();
  const image = () => props.frame.image;
  const [fault, setFault] = createSignal<Fault>('none');
  const [isReady, setReady] = createSignal(false);
  const [placeholder, setPlaceholder] = createSignal<string>();
  createEffect(() => void placeholderUrl(image().thumbhash).then(setPlaceholder));
  createEffect(
    on(
      () => image().thumbnailUrl,
      () => setFault('none'),
    ),
  );

  /** An address that ran out is replaced without a word; it is told only where that does not work. */
  const onError = async () => {
    const { thumbnailUrl } = image();
    if (!(await hasExpired(thumbnailUrl))) return setFault('broken');
    await tools.refresh(props.frame.task.id);
    if (image().thumbnailUrl === thumbnailUrl) setFault('expired');
  };
  const loadAgain = async () => {
    await tools.refresh(props.frame.task.id);
    setFault('none');
  };
  const show = async (picture: HTMLImageElement) => {
    // Faded in once it can be painted, so that the fade is not of half a picture.
    await picture.decode?.().catch(() => {});
    setReady(true);
  };

  return (
    <Show
      when={fault() === 'none'}
      fallback={
        <div class="frame-broken" role="alert">
          <p>
            {fault() === 'expired'
              ? laterWords.strip.linkExpired
              : laterWords.strip.frameBroken(props.frame.code)}
          </p>
          <Button kind="film" onClick={() => void loadAgain()}>
            {fault() === 'expired' ? laterWords.strip.newLink : laterWords.strip.loadAgain}
          </Button>
        </div>
      }
    >
      <div class="frame-ground" style={{ 'background-image': placeholder() && `url("${placeholder()}")` }} />
      <img
        class="frame-picture"
        classList={{ 'frame-picture-ready': isReady() }}
        src={image().thumbnailUrl}
        srcset={
          props.isLarge
            ? `${image().thumbnailUrl} ${thumbnailWidth(image())}w, ${image().url} ${image().width}w`
            : undefined
        }
        sizes={props.isLarge ? '(max-width: 860px) 90vw, 480px' : undefined}
        width={image().width}
        height={image().height}
        alt={laterWords.strip.frame(props.frame.code, props.frame.task.prompt)}
        draggable={false}
        loading="lazy"
        decoding="async"
        onLoad={(event) => void show(event.currentTarget)}
        onError={() => void onError()}
      />
      {props.children}
    </Show>
  );
}

/** Thumbnails have at most this many pixels on their long side. */
const thumbnailSide = 400;

function thumbnailWidth({ width, height }: { width: number; height: number }): number {
  return Math.round(width * Math.min(1, thumbnailSide / Math.max(width, height)));
}

/** Pictures kept elsewhere come with other rules, and are left to the browser. */
function isOwn(url: string): boolean {
  return new URL(url, location.href).origin === location.origin;
}

async function hasExpired(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, { method: 'HEAD' });
    return status === 403 || status === 404 || status === 410;
  } catch {
    return false;
  }
}
