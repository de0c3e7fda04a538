import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { laterWords } from '../../i18n/lazy-messages.ts';
import type { FrameOf } from '../gallery-item.ts';
import { askedImages, imageRatio, isUnfinished, type Task } from '../../api/task.ts';
import { Frame } from '../task-image/task-image.tsx';
import { grainUrl } from './film-texture.ts';
import { frameCode } from '../task-numbers.ts';

const framesInRow = 4;

/** Room for the frames of a strip: kept from the first moment on, at the shape the pictures will have. */
export function FrameList(props: {
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
      class="frames"
      classList={{ 'frames-developing': props.developed !== undefined }}
      aria-label={props.label}
      style={{
        '--ratio': String(props.ratio),
        '--columns': String(Math.min(framesInRow, props.count)),
        '--developed': String((props.developed ?? 100) / 100),
        '--grain': props.developed === undefined ? undefined : grainUrl(),
      }}
    >
      <For each={slots()}>{(index) => props.children(index)}</For>
    </ul>
  );
}

/** A frame without a picture: one that still develops, or one that never came. */
export function EmptyFrame(props: { code: string; words: string; isShown?: boolean }) {
  return (
    <li class="frame">
      <div class="frame-box">
        <span class={props.isShown ? 'frame-missing' : 'visually-hidden'}>{props.words}</span>
      </div>
      <span class="frame-code code" aria-hidden="true">
        {props.code}
      </span>
    </li>
  );
}

/** The frames of a task: its images, and empty ones where none is yet, or came. */
export function TaskFrames(props: { task: Task; code: string }) {
  const isDeveloping = () => isUnfinished(props.task);
  const count = () => Math.max(askedImages(props.task), props.task.images.length);
  // One stop for the Tab key in each strip; the arrow keys go on from there.
  const [current, setCurrent] = createSignal(0);

  return (
    <FrameList
      count={count()}
      ratio={imageRatio(props.task)}
      developed={isDeveloping() ? (props.task.progress.percent ?? 0) : undefined}
      label={
        isDeveloping() ? laterWords.strip.framesInProgress(props.code) : laterWords.strip.frames(props.code)
      }
    >
      {(index) => {
        const code = () => frameCode(props.code, index);
        const frame = createMemo<FrameOf | undefined>(() => {
          const image = props.task.images[index];
          return image && { task: props.task, image, code: code() };
        });
        return (
          <Show
            when={frame()}
            fallback={
              <EmptyFrame
                code={code()}
                isShown={!isDeveloping()}
                words={
                  isDeveloping() ? laterWords.strip.frameInProgress(code()) : laterWords.strip.frameMissing
                }
              />
            }
          >
            {(known) => (
              <Frame
                frame={known()}
                isLarge={count() <= 2}
                isTabStop={current() === index}
                onFocus={() => setCurrent(index)}
              />
            )}
          </Show>
        );
      }}
    </FrameList>
  );
}
