/** Chooses the part of a picture that is used: by mouse, by touch and by keyboard. */
import { createSignal, createUniqueId, For, onCleanup, onMount, Show } from 'solid-js';
import {
  type Area,
  type Corner,
  moveArea,
  resizeArea,
  roundArea,
  shapeArea,
  wholeArea,
} from './crop-area.ts';
import './crop-dialog.css';
import type { PictureSize } from './check-file.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

const shapes = ['1:1', '4:3', '3:4', '16:9', '9:16'] as const;
const corners: readonly Corner[] = [
  { x: 0, y: 0 },
  { x: 1, y: 0 },
  { x: 0, y: 1 },
  { x: 1, y: 1 },
];

const ratioOf = (shape: string | undefined): number | undefined => {
  const [width, height] = (shape ?? '').split(':').map(Number);
  return width && height ? width / height : undefined;
};

interface CropDialogProps {
  name: string;
  load: () => Promise<Blob>;
  /** Rejects where it did not work. */
  onCrop: (picture: Blob, area: Area) => Promise<void>;
  onClose: () => void;
}

export function CropDialog(props: CropDialogProps) {
  const texts = lazyMessages.crop;
  const headingId = createUniqueId();
  const state = createCrop(props);
  return (
    <Dialog open labelledBy={headingId} onClose={() => props.onClose()}>
      <div class="crop">
        <div class="crop-head">
          <h2 id={headingId}>{texts.title(props.name)}</h2>
          <IconButton icon="close" label={lazyMessages.app.close} onClick={() => props.onClose()} />
        </div>
        <div class="crop-stage">
          <Show when={state.url()}>
            {(url) => (
              <div class="crop-picture">
                <img
                  src={url()}
                  alt=""
                  draggable={false}
                  onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
                    state.start({ width, height })
                  }
                  onError={state.fail}
                />
                <Show when={state.area()}>{(area) => <Selected area={area()} state={state} />}</Show>
              </div>
            )}
          </Show>
        </div>
        <div class="crop-shapes" role="group" aria-label={texts.shape}>
          <For each={[undefined, ...shapes]}>
            {(shape) => (
              <button
                type="button"
                class="button"
                aria-pressed={state.shape() === shape}
                onClick={() => state.setShape(shape)}
              >
                {shape ?? texts.free}
              </button>
            )}
          </For>
        </div>
        <p class="hint" role="status">
          {state.area() && lazyMessages.lightbox.pixels(state.rounded().width, state.rounded().height)}
        </p>
        <p class="problem" role="alert">
          {state.hasFailed() && texts.failed(props.name)}
        </p>
        <div class="crop-actions">
          <Button kind="primary" busy={state.isBusy() || !state.area()} onClick={() => void state.crop()}>
            {texts.use}
          </Button>
          <Button onClick={() => props.onClose()}>{lazyMessages.app.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function createCrop(props: CropDialogProps) {
  const [picture, setPicture] = createSignal<Blob>();
  const [url, setUrl] = createSignal<string>();
  const [size, setSize] = createSignal<PictureSize>();
  const [area, setArea] = createSignal<Area>();
  const [shape, chooseShape] = createSignal<string>();
  const [hasFailed, setFailed] = createSignal(false);
  const [isBusy, setBusy] = createSignal(false);
  const fail = () => void setFailed(true);
  let isEnded = false;
  onMount(() => {
    void props.load().then((blob) => {
      if (isEnded) return;
      setPicture(() => blob);
      setUrl(URL.createObjectURL(blob));
    }, fail);
  });
  onCleanup(() => {
    isEnded = true;
    if (url()) URL.revokeObjectURL(url()!);
  });
  /** Nothing before the picture is there. */
  const change = (next: (area: Area, size: PictureSize) => Area) => {
    const [now, bounds] = [area(), size()];
    if (now && bounds) setArea(next(now, bounds));
  };
  return {
    url,
    area,
    size,
    shape,
    hasFailed,
    isBusy,
    fail,
    rounded: () => roundArea(area()!),
    start(bounds: PictureSize) {
      setSize(bounds);
      setArea(shapeArea(wholeArea(bounds), ratioOf(shape()), bounds));
    },
    setShape(next: string | undefined) {
      chooseShape(next);
      change((now, bounds) => shapeArea(now, ratioOf(next), bounds));
    },
    move: (dx: number, dy: number) => change((now, bounds) => moveArea(now, dx, dy, bounds)),
    resize: (corner: Corner, dx: number, dy: number) =>
      change((now, bounds) => resizeArea(now, corner, { dx, dy }, bounds, ratioOf(shape()))),
    async crop() {
      const [blob, now] = [picture(), area()];
      if (!blob || !now || isBusy()) return;
      setBusy(true);
      setFailed(false);
      try {
        await props.onCrop(blob, roundArea(now));
        props.onClose();
      } catch {
        fail();
      }
      setBusy(false);
    },
  };
}

/** The part, which is moved, and its corners, which resize it. */
function Selected(props: { area: Area; state: ReturnType<typeof createCrop> }) {
  let box!: HTMLDivElement;
  const share = (value: number, of: 'width' | 'height') =>
    `${(value / (props.state.size()?.[of] ?? 1)) * 100}%`;
  /** Pixels of the picture for one of the page. */
  const scale = () => (props.state.size()?.width ?? 1) / (box.parentElement?.clientWidth || 1);
  const drag = (act: (dx: number, dy: number) => void) => (event: PointerEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const target = event.currentTarget as HTMLElement;
    target.setPointerCapture(event.pointerId);
    target.focus();
    let { clientX: x, clientY: y } = event;
    const onMove = (moved: PointerEvent) => {
      act((moved.clientX - x) * scale(), (moved.clientY - y) * scale());
      ({ clientX: x, clientY: y } = moved);
    };
    const end = () => target.removeEventListener('pointermove', onMove);
    target.addEventListener('pointermove', onMove);
    target.addEventListener('pointerup', end, { once: true });
    target.addEventListener('pointercancel', end, { once: true });
  };
  /** A hundredth of the picture for each press. */
  const onKeyDown = (event: KeyboardEvent) => {
    const step = (props.state.size()?.width ?? 0) / 100;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[
      event.key
    ];
    if (!by) return;
    event.preventDefault();
    const [dx, dy] = by as [number, number];
    // A fixed shape follows its width.
    if (event.shiftKey) props.state.resize({ x: 1, y: 1 }, dx || (props.state.shape() ? dy : 0), dy);
    else props.state.move(dx, dy);
  };
  return (
    <div
      ref={box}
      class="crop-area"
      tabIndex={0}
      role="group"
      aria-label={lazyMessages.crop.area}
      style={{
        left: share(props.area.x, 'width'),
        top: share(props.area.y, 'height'),
        width: share(props.area.width, 'width'),
        height: share(props.area.height, 'height'),
      }}
      onKeyDown={onKeyDown}
      onPointerDown={drag(props.state.move)}
    >
      <For each={corners}>
        {(corner) => (
          <span
            class="crop-corner"
            style={{ left: `${corner.x * 100}%`, top: `${corner.y * 100}%` }}
            onPointerDown={drag((dx, dy) => props.state.resize(corner, dx, dy))}
          />
        )}
      </For>
    </div>
  );
}
