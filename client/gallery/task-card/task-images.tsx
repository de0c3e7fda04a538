import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { askedImages, imageRatio, isUnfinished, type Task } from '../../api/task.ts';
import type { GalleryItem } from '../gallery-item.ts';
import { TaskImageTile } from '../task-image/task-image.tsx';
import { imageCode } from '../task-numbers.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';

const imagesInRow = 4;

/** Room for the frames of a strip: kept from the first moment on, at the shape the pictures will have. */
export function TaskImageList(props: {
  count: number;
  ratio: number;
  label: string;
  /** How far they are, 0 to 100; undefined once they are done. */
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

/** A frame without a picture: one that still develops, or one that never came. */
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

/** The frames of a task: its images, and empty ones where none is yet, or came. */
export function TaskImages(props: { task: Task; code: string }) {
  const isDeveloping = () => isUnfinished(props.task);
  const count = () => Math.max(askedImages(props.task), props.task.images.length);
  // One stop for the Tab key in each strip; the arrow keys go on from there.
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

/** Film grain: a tile of noise, drawn once. Filters would do the same for every picture on every frame of the screen. */
const tileSize = 128;
/** Grains are faint: their opacity, of 255. */
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
