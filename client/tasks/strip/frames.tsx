import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from 'solid-js';
import { placeholderUrl } from '../../images/placeholder.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { words } from '../../ui/words.ts';
import { askedImages, imageRatio, isUnfinished, type Task, type TaskImage } from '../task.ts';
import { frameCode } from './strip-numbers.ts';

const framesInRow = 4;

/** Room for the frames of a strip: kept from the first moment on, at the shape the pictures will have. */
export function FrameList(props: {
  count: number;
  ratio: number;
  label: string;
  isDeveloping: boolean;
  children: (index: number) => JSX.Element;
}) {
  const slots = createMemo(() => Array.from({ length: props.count }, (_, index) => index));
  return (
    <ul
      class="frames"
      classList={{ 'frames-developing': props.isDeveloping }}
      aria-label={props.label}
      style={{ '--ratio': String(props.ratio), '--columns': String(Math.min(framesInRow, props.count)) }}
    >
      <For each={slots()}>{(index) => <li class="frame">{props.children(index)}</li>}</For>
    </ul>
  );
}

export function EmptyFrame(props: { code: string; words: string; isShown?: boolean }) {
  return (
    <>
      <span class={props.isShown ? 'frame-missing' : 'visually-hidden'}>{props.words}</span>
      <span class="frame-code code" aria-hidden="true">
        {props.code}
      </span>
    </>
  );
}

/** The frames of a task: its images, and empty ones where none is yet, or came. */
export function TaskFrames(props: {
  task: Task;
  code: string;
  onUse: (image: TaskImage, name: string) => void;
  onBroken: () => Promise<void>;
}) {
  const isDeveloping = () => isUnfinished(props.task);
  return (
    <FrameList
      count={Math.max(askedImages(props.task), props.task.images.length)}
      ratio={imageRatio(props.task)}
      isDeveloping={isDeveloping()}
      label={isDeveloping() ? words.strip.framesInProgress(props.code) : words.strip.frames(props.code)}
    >
      {(index) => {
        const code = () => frameCode(props.code, index);
        return (
          <Show
            when={props.task.images[index]}
            fallback={
              <EmptyFrame
                code={code()}
                isShown={!isDeveloping()}
                words={isDeveloping() ? words.strip.frameInProgress(code()) : words.strip.frameMissing}
              />
            }
          >
            {(image) => (
              <Frame
                image={image()}
                code={code()}
                prompt={props.task.prompt}
                onUse={() => props.onUse(image(), words.strip.request(code()))}
                onBroken={props.onBroken}
              />
            )}
          </Show>
        );
      }}
    </FrameList>
  );
}

function Frame(props: {
  image: TaskImage;
  code: string;
  prompt: string;
  onUse: () => void;
  onBroken: () => Promise<void>;
}) {
  const [isBroken, setBroken] = createSignal(false);
  const [placeholder, setPlaceholder] = createSignal<string>();
  createEffect(() => void placeholderUrl(props.image.thumbhash).then(setPlaceholder));
  createEffect(
    on(
      () => props.image.thumbnailUrl,
      () => setBroken(false),
    ),
  );
  /** The address may have run out: a fresh one first, then the picture again. */
  const loadAgain = async () => {
    await props.onBroken();
    setBroken(false);
  };

  return (
    <Show
      when={!isBroken()}
      fallback={
        <div class="frame-broken" role="alert">
          <p>{words.strip.frameBroken(props.code)}</p>
          <Button kind="film" onClick={() => void loadAgain()}>
            {words.strip.loadAgain}
          </Button>
        </div>
      }
    >
      <a
        class="frame-open"
        href={props.image.url}
        target="_blank"
        rel="noreferrer"
        aria-label={words.strip.openFrame(props.code)}
      >
        <img
          class="frame-picture"
          src={props.image.thumbnailUrl}
          width={props.image.width}
          height={props.image.height}
          alt={words.strip.frame(props.code, props.prompt)}
          loading="lazy"
          decoding="async"
          style={{ 'background-image': placeholder() && `url("${placeholder()}")` }}
          onError={() => setBroken(true)}
        />
      </a>
      <span class="frame-code code" aria-hidden="true">
        {props.code}
      </span>
      <div class="frame-actions">
        <Button kind="icon" label={words.strip.useFrame(props.code)} onClick={() => props.onUse()}>
          <Icon name="reference" />
        </Button>
        <a
          class="button button-icon"
          href={props.image.downloadUrl}
          download=""
          aria-label={words.strip.downloadFrame(props.code)}
        >
          <Icon name="download" />
        </a>
      </div>
    </Show>
  );
}
