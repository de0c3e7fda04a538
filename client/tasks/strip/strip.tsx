import { createComputed, createMemo, type JSX, Match, on, Show, Switch, untrack } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { laterWords } from '../../ui/words-later.ts';
import { words } from '../../ui/words.ts';
import type { OutgoingRequest } from '../compose/composer.ts';
import { useFrameTools } from '../frames/frame-tools.ts';
import { framesOf } from '../frames/frame.ts';
import { askedImages, isUnfinished, type Task } from '../task.ts';
import { failureWords, isOfProvider, partialWords } from './failure-words.ts';
import { EmptyFrame, FrameList, TaskFrames } from './frames.tsx';
import { MoreActions } from './more-actions.tsx';
import { frameCode } from './strip-numbers.ts';
import { TaskProgress } from './task-progress.tsx';

export interface StripEvents {
  onCancel: (task: Task) => void;
  onDelete: (task: Task) => void;
  onRetry: (task: Task) => void;
  onEdit: (task: Task) => void;
  onOtherModel: (task: Task) => void;
  onRefresh: (task: Task) => Promise<unknown>;
  /** Puts what support needs to know of it on the clipboard. */
  onCopyDetails: (task: Task) => void;
}

interface StripProps extends StripEvents {
  task: Task;
  code: string;
}

/** One request as a strip of film: its frames, how far they are, and what became of it. */
export function Strip(props: StripProps & { isLost: boolean }) {
  const hasFailed = () => props.task.status === 'FAILED' || props.task.status === 'CANCELED';
  const isBad = () => hasFailed() || (isUnfinished(props.task) && props.isLost);
  let article: HTMLElement | undefined;
  // What was pressed may be gone with the next state; focus then stays with the strip. A computed runs before the page changes.
  createComputed(
    on([() => props.task.status, isBad], () => {
      if (!article?.contains(document.activeElement)) return;
      queueMicrotask(() => {
        if (document.activeElement === document.body) article?.focus({ preventScroll: true });
      });
    }),
  );
  return (
    <article
      ref={article}
      class="strip film"
      classList={{
        'strip-single': !isBad() && askedImages(props.task) === 1 && props.task.images.length <= 1,
      }}
      aria-label={words.strip.request(props.code)}
      data-strip={props.task.id}
      tabIndex={-1}
    >
      <Switch fallback={<DevelopedStrip {...props} />}>
        <Match when={hasFailed()}>
          <FailedStrip {...props} />
        </Match>
        <Match when={isBad()}>
          <Verdict code={props.code} title={laterWords.strip.lost} text={laterWords.strip.lostText}>
            <Button kind="film-strong" onClick={() => void props.onRefresh(props.task)}>
              {laterWords.strip.checkAgain}
            </Button>
          </Verdict>
        </Match>
      </Switch>
    </article>
  );
}

function DevelopedStrip(props: StripProps) {
  // What has developed here keeps the room of its ruler: with its end nothing below it moves.
  const hasDevelopedHere = isUnfinished(untrack(() => props.task));
  return (
    <>
      <StripHead
        code={props.code}
        prompt={props.task.prompt}
        meta={laterWords.strip.meta(
          props.task.model.label,
          props.task.costCredits,
          durationMs(props.task),
          props.task.provider.sandbox,
        )}
      >
        <Show when={isUnfinished(props.task)} fallback={<DoneActions {...props} />}>
          <Button kind="film" onClick={() => props.onCancel(props.task)}>
            {laterWords.strip.cancel}
          </Button>
        </Show>
      </StripHead>
      <TaskFrames task={props.task} code={props.code} />
      <Show
        when={isUnfinished(props.task)}
        fallback={<DoneFoot task={props.task} isRoomy={hasDevelopedHere} />}
      >
        <TaskProgress task={props.task} code={props.code} />
      </Show>
    </>
  );
}

function DoneFoot(props: { task: Task; isRoomy: boolean }) {
  return (
    <div class="strip-foot" classList={{ 'strip-foot-roomy': props.isRoomy }}>
      <Show
        when={partialWords(props.task)}
        fallback={
          <Show when={props.isRoomy}>
            <p class="strip-done code">{laterWords.progress.done(durationMs(props.task))}</p>
          </Show>
        }
      >
        {(text) => <p class="strip-note">{text()}</p>}
      </Show>
    </div>
  );
}

function DoneActions(props: StripProps) {
  const tools = useFrameTools();
  const frames = createMemo(() => framesOf([props.task], () => props.code));
  return (
    <>
      <Button kind="film" onClick={() => tools.remix(props.task)}>
        <Icon name="remix" />
        <span class="action-words">{laterWords.strip.remix}</span>
      </Button>
      <Show when={frames().length > 0}>
        <Button
          kind="film"
          busy={tools.downloads.isCollecting()}
          onClick={() => void tools.downloads.many(frames(), `proofsheet-${props.code}`)}
        >
          <Icon name="download" />
          <span class="action-words">{laterWords.strip.download(frames().length)}</span>
        </Button>
      </Show>
      <MoreActions code={props.code}>
        <Button kind="film" onClick={() => props.onEdit(props.task)}>
          {laterWords.strip.editPrompt}
        </Button>
        <CommonActions {...props} />
      </MoreActions>
    </>
  );
}

function CommonActions(props: StripProps) {
  return (
    <>
      <Button kind="film" onClick={() => props.onCopyDetails(props.task)}>
        {laterWords.strip.copyDetails}
      </Button>
      <Button kind="film" onClick={() => props.onDelete(props.task)}>
        {laterWords.strip.delete}
      </Button>
    </>
  );
}

function FailedStrip(props: StripProps) {
  const told = () => failureWords(props.task);
  /** A cancelled request can be made after all; a failed one only where it may end better. */
  const mayRetry = () => props.task.status === 'CANCELED' || props.task.failure?.retryable;
  return (
    <Verdict
      code={props.code}
      title={told().title}
      text={told().text}
      prompt={props.task.prompt}
      isCalm={props.task.status === 'CANCELED'}
    >
      <Show when={mayRetry()}>
        <Button kind="film-strong" onClick={() => props.onRetry(props.task)}>
          {laterWords.strip.tryAgain}
        </Button>
      </Show>
      <Button
        kind={mayRetry() ? 'film' : 'film-strong'}
        onClick={() => (isOfProvider(props.task) ? props.onOtherModel : props.onEdit)(props.task)}
      >
        {isOfProvider(props.task) ? laterWords.strip.otherModel : laterWords.strip.editPrompt}
      </Button>
      <MoreActions code={props.code}>
        <CommonActions {...props} />
      </MoreActions>
    </Verdict>
  );
}

/** A request that was just sent, in its place before the server has answered. */
export function OutgoingStrip(props: { request: OutgoingRequest; code: string }) {
  return (
    <article
      class="strip film"
      classList={{ 'strip-single': props.request.count === 1 }}
      aria-label={words.strip.request(props.code)}
      aria-busy="true"
    >
      <StripHead
        code={props.code}
        prompt={props.request.prompt}
        meta={laterWords.strip.meta(
          props.request.model.label,
          props.request.costCredits,
          undefined,
          props.request.model.provider.sandbox,
        )}
      />
      <FrameList
        count={props.request.count}
        ratio={props.request.ratio}
        developed={0}
        label={laterWords.strip.framesInProgress(props.code)}
      >
        {(index) => (
          <EmptyFrame
            code={frameCode(props.code, index)}
            words={laterWords.strip.frameInProgress(frameCode(props.code, index))}
          />
        )}
      </FrameList>
      <div class="progress">
        <div class="ruler" />
        <p class="progress-words">
          <span class="code">{laterWords.strip.sending}</span>
        </p>
      </div>
    </article>
  );
}

function StripHead(props: { code: string; prompt: string; meta: string; children?: JSX.Element }) {
  return (
    <header class="strip-head">
      <span class="strip-number code" aria-hidden="true">
        {props.code}
      </span>
      <p class="strip-prompt" title={props.prompt}>
        {props.prompt}
      </p>
      <span class="strip-meta code">{props.meta}</span>
      <div class="strip-actions">{props.children}</div>
    </header>
  );
}

function Verdict(props: {
  code: string;
  title: string;
  text: string;
  prompt?: string;
  /** Nothing went wrong: it was asked for. */
  isCalm?: boolean;
  children: JSX.Element;
}) {
  return (
    <div class="verdict">
      <span
        class="strip-number code"
        classList={{ 'strip-number-bad': !props.isCalm, 'strip-number-calm': props.isCalm ?? false }}
        aria-hidden="true"
      >
        {props.code}
      </span>
      <div class="verdict-words">
        <strong>{props.title}</strong>
        <p>{props.text}</p>
        <Show when={props.prompt}>{(prompt) => <p class="verdict-prompt">{prompt()}</p>}</Show>
      </div>
      <div class="strip-actions">{props.children}</div>
    </div>
  );
}

function durationMs({ startedAt, completedAt }: Task): number | undefined {
  return startedAt && completedAt ? Date.parse(completedAt) - Date.parse(startedAt) : undefined;
}
