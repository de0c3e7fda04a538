import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { askedImages, imageCode, imageRatio, isUnfinished, type Task } from '../../api/task.ts';
import type { GalleryItem } from '../image-actions.ts';
import { TaskImageTile } from '../task-image.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';

const imagesInRow = 4;

/** The list of a card's images, with room for all of them from the start, in the requested shape. */
export function TaskImageList(props: {
  count: number;
  ratio: number;
  label: string;
  /** Progress, 0 to 100; undefined once the task has ended. */
  developed: number | undefined;
  children: (index: number) => JSX.Element;
}) {
  const slots = createMemo(() => Array.from({ length: props.count }, (_, index) => index));
  return (
    <ul
      class="task-images"
      classList={{ 'task-images-pending': props.developed !== undefined }}
      aria-label={props.label}
      style={{
        '--ratio': String(props.ratio),
        '--columns': String(Math.min(imagesInRow, props.count)),
        '--developed': String((props.developed ?? 100) / 100),
        '--film-texture': props.developed === undefined ? undefined : filmTextureUrl(),
      }}
    >
      <For each={slots()}>{(index) => props.children(index)}</For>
    </ul>
  );
}

/** A place without an image: pending, or missing. */
export function EmptyTaskImage(props: { code: string; text: string; isShown?: boolean }) {
  return (
    <li class="task-image">
      <div class="task-image-box">
        <span class={props.isShown ? 'task-image-missing' : 'visually-hidden'}>{props.text}</span>
      </div>
      <span class="task-image-code code" aria-hidden="true">
        {props.code}
      </span>
    </li>
  );
}

/** The images of a task, with empty places for pending and missing ones. */
export function TaskImages(props: { task: Task; code: string }) {
  const isDeveloping = () => isUnfinished(props.task);
  const count = () => Math.max(askedImages(props.task), props.task.images.length);
  // One tab stop for each card; the arrow keys move on from there.
  const [current, setCurrent] = createSignal(0);

  return (
    <TaskImageList
      count={count()}
      ratio={imageRatio(props.task)}
      developed={isDeveloping() ? (props.task.progress.percent ?? 0) : undefined}
      label={
        isDeveloping() ? lazyMessages.task.imagesInProgress(props.code) : lazyMessages.task.images(props.code)
      }
    >
      {(index) => {
        const code = () => imageCode(props.code, index);
        const item = createMemo<GalleryItem | undefined>(() => {
          const image = props.task.images[index];
          return image && { task: props.task, image, code: code() };
        });
        return (
          <Show
            when={item()}
            fallback={
              <EmptyTaskImage
                code={code()}
                isShown={!isDeveloping()}
                text={
                  isDeveloping() ? lazyMessages.task.imageInProgress(code()) : lazyMessages.task.imageMissing
                }
              />
            }
          >
            {(known) => (
              <TaskImageTile
                item={known()}
                isLarge={count() <= 2}
                isTabStop={current() === index}
                onFocus={() => setCurrent(index)}
              />
            )}
          </Show>
        );
      }}
    </TaskImageList>
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
