import { createMemo, createSignal, For, Show } from 'solid-js';
import { imageCode } from '../../api/task.ts';
import type { GalleryItem } from '../image-actions.ts';
import { TaskImageTile } from '../task-image.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';

const imagesInRow = 4;

/**
 * The images of a request, with an empty place for each that is pending or missing: all of them have room from the
 * start, in the requested shape.
 */
export function TaskImages(props: {
  code: string;
  /** How many images were requested. */
  count: number;
  ratio: number;
  /** How many of its images were removed since; none by default. */
  removed?: number;
  /** Progress, 0 to 100; undefined once the task has ended. */
  developed: number | undefined;
  items: readonly GalleryItem[];
}) {
  const isPending = createMemo(() => props.developed !== undefined);
  const count = () => Math.max(props.count, props.items.length);
  const places = createMemo(() => Array.from({ length: count() }, (_, index) => index));
  // One tab stop for each card; the arrow keys move on from there.
  const [current, setCurrent] = createSignal(0);

  return (
    <ul
      class="task-images"
      classList={{ 'task-images-pending': isPending() }}
      aria-label={(isPending() ? lazyMessages.task.imagesInProgress : lazyMessages.task.images)(props.code)}
      style={{
        '--ratio': String(props.ratio),
        '--columns': String(Math.min(imagesInRow, count())),
        '--developed': String((props.developed ?? 100) / 100),
        '--film-texture': isPending() ? filmTextureUrl() : undefined,
      }}
    >
      <For each={places()}>
        {(index) => (
          <Show
            when={props.items[index]}
            fallback={
              <EmptyPlace
                code={imageCode(props.code, index)}
                isPending={isPending()}
                isRemoved={index < props.items.length + (props.removed ?? 0)}
              />
            }
          >
            {(item) => (
              <TaskImageTile
                item={item()}
                isLarge={count() <= 2}
                isTabStop={current() === index}
                onFocus={() => setCurrent(index)}
              />
            )}
          </Show>
        )}
      </For>
    </ul>
  );
}

function EmptyPlace(props: { code: string; isPending: boolean; isRemoved: boolean }) {
  const text = () => {
    if (props.isPending) return lazyMessages.task.imageInProgress(props.code);
    return props.isRemoved ? lazyMessages.task.imageRemoved : lazyMessages.task.imageMissing;
  };
  return (
    <li class="task-image">
      <div class="task-image-box">
        <span class={props.isPending ? 'visually-hidden' : 'task-image-missing'}>{text()}</span>
      </div>
      <span class="task-image-code code" aria-hidden="true">
        {props.code}
      </span>
    </li>
  );
}

/** Film grain: a tile of noise, drawn once. A CSS filter would run for every image on every frame. */
const tileSize = 128;
/** The opacity of the grain, of 255. */
const strength = 24;

let tile: string | undefined;

/** A value for `background-image`; `none` where nothing can be drawn. */
function filmTextureUrl(): string {
  return (tile ??= drawTile());
}

function drawTile(): string {
  const canvas = document.createElement('canvas');
  canvas.width = tileSize;
  canvas.height = tileSize;
  const context = canvas.getContext('2d');
  if (!context) return 'none';
  const image = context.createImageData(tileSize, tileSize);
  for (let index = 0; index < image.data.length; index += 4) {
    image.data.fill(Math.random() < 0.5 ? 255 : 0, index, index + 3);
    image.data[index + 3] = Math.random() * strength;
  }
  context.putImageData(image, 0, 0);
  return `url("${canvas.toDataURL()}")`;
}
