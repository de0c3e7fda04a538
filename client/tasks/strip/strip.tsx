import { type JSX, Match, Show, Switch } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { words } from '../../ui/words.ts';
import type { OutgoingRequest } from '../compose/composer.ts';
import { isUnfinished, type Task, type TaskImage } from '../task.ts';
import { failureWords, partialWords } from './failure-words.ts';
import { EmptyFrame, FrameList, TaskFrames } from './frames.tsx';
import { frameCode } from './strip-numbers.ts';
import { TaskProgress } from './task-progress.tsx';

export interface StripEvents {
  onCancel: (task: Task) => void;
  onDelete: (task: Task) => void;
  onRetry: (task: Task) => void;
  onEdit: (task: Task) => void;
  onUse: (image: TaskImage, name: string) => void;
  onRefresh: (task: Task) => Promise<void>;
}

/** One request as a strip of film: its frames, how far they are, and what became of it. */
export function Strip(props: StripEvents & { task: Task; code: string; isLost: boolean }) {
  const hasFailed = () => props.task.status === 'FAILED' || props.task.status === 'CANCELED';
  return (
    <article class="strip film" aria-label={words.strip.request(props.code)}>
      <Switch fallback={<DevelopedStrip {...props} />}>
        <Match when={hasFailed()}>
          <FailedStrip {...props} />
        </Match>
        <Match when={isUnfinished(props.task) && props.isLost}>
          <Verdict code={props.code} title={words.strip.lost} text={words.strip.lostText}>
            <Button kind="film-strong" onClick={() => void props.onRefresh(props.task)}>
              {words.strip.checkAgain}
            </Button>
          </Verdict>
        </Match>
      </Switch>
    </article>
  );
}

function DevelopedStrip(props: StripEvents & { task: Task; code: string }) {
  return (
    <>
      <StripHead
        code={props.code}
        prompt={props.task.prompt}
        meta={words.strip.meta(
          props.task.model.label,
          props.task.costCredits,
          durationMs(props.task),
          props.task.provider.sandbox,
        )}
      >
        <Show
          when={isUnfinished(props.task)}
          fallback={
            <Button kind="film" onClick={() => props.onDelete(props.task)}>
              {words.strip.delete}
            </Button>
          }
        >
          <Button kind="film" onClick={() => props.onCancel(props.task)}>
            {words.strip.cancel}
          </Button>
        </Show>
      </StripHead>
      <TaskFrames
        task={props.task}
        code={props.code}
        onUse={props.onUse}
        onBroken={() => props.onRefresh(props.task)}
      />
      <Show when={partialWords(props.task)}>{(text) => <p class="strip-note">{text()}</p>}</Show>
      <Show when={isUnfinished(props.task)} fallback={<div class="strip-foot" />}>
        <TaskProgress task={props.task} code={props.code} />
      </Show>
    </>
  );
}

function FailedStrip(props: StripEvents & { task: Task; code: string }) {
  const told = () => failureWords(props.task);
  return (
    <Verdict code={props.code} title={told().title} text={told().text} prompt={props.task.prompt}>
      <Show when={props.task.failure?.retryable}>
        <Button kind="film-strong" onClick={() => props.onRetry(props.task)}>
          {words.strip.tryAgain}
        </Button>
      </Show>
      <Button
        kind={props.task.failure?.retryable ? 'film' : 'film-strong'}
        onClick={() => props.onEdit(props.task)}
      >
        {words.strip.editPrompt}
      </Button>
      <Button kind="film" onClick={() => props.onDelete(props.task)}>
        {words.strip.delete}
      </Button>
    </Verdict>
  );
}

/** A request that was just sent, in its place before the server has answered. */
export function OutgoingStrip(props: { request: OutgoingRequest; code: string }) {
  return (
    <article class="strip film" aria-label={words.strip.request(props.code)} aria-busy="true">
      <StripHead
        code={props.code}
        prompt={props.request.prompt}
        meta={words.strip.meta(
          props.request.model.label,
          props.request.costCredits,
          undefined,
          props.request.model.provider.sandbox,
        )}
      />
      <FrameList
        count={props.request.count}
        ratio={props.request.ratio}
        isDeveloping
        label={words.strip.framesInProgress(props.code)}
      >
        {(index) => (
          <EmptyFrame
            code={frameCode(props.code, index)}
            words={words.strip.frameInProgress(frameCode(props.code, index))}
          />
        )}
      </FrameList>
      <p class="progress progress-words">
        <span class="code">{words.strip.sending}</span>
      </p>
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
  children: JSX.Element;
}) {
  return (
    <div class="verdict">
      <span class="strip-number strip-number-bad code" aria-hidden="true">
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
