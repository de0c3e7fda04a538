import {
  createComputed,
  createMemo,
  createSignal,
  type JSX,
  Match,
  on,
  Show,
  Switch,
  untrack,
} from 'solid-js';
import { askedImages, imageRatio, isUnfinished, type Task } from '../../api/task.ts';
import { galleryItems, useImageActions } from '../image-actions.ts';
import { FromParent } from '../lineage.tsx';
import { DoneActions, FailedActions, type TaskCardProps } from './task-card-actions.tsx';
import { partialResultMessage, taskErrorMessage } from './task-error-messages.ts';
import { TaskImages } from './task-images.tsx';
import { TaskProgress } from './task-progress.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { Button } from '../../ui/button.tsx';

/** The card of a task: its images, its progress, and its outcome. */
export function TaskCard(
  props: TaskCardProps & {
    isLost: boolean;
    /** Whether it stands beside the card of another model. */
    isBeside?: boolean;
    /** Whether the server does not respond. */
    isAway: boolean;
  },
) {
  const hasFailed = () => props.task.status === 'FAILED' || props.task.status === 'CANCELED';
  const isBad = () => hasFailed() || (isUnfinished(props.task) && props.isLost);
  let article: HTMLElement | undefined;
  // The focused button may be gone with the next state; the card then takes the focus. A computed runs before the DOM
  // changes.
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
      class="task-card film"
      classList={{
        'task-card-beside': props.isBeside ?? false,
        'task-card-single':
          !isBad() && !props.isBeside && askedImages(props.task) === 1 && props.task.images.length <= 1,
      }}
      aria-label={lazyMessages.task.request(props.code)}
      data-task={props.task.id}
      tabIndex={-1}
    >
      <Switch fallback={<TaskWithImages {...props} />}>
        <Match when={hasFailed()}>
          <TaskError
            code={props.code}
            message={taskErrorMessage(props.task)}
            prompt={props.task.prompt}
            isCalm={props.task.status === 'CANCELED'}
            parent={<FromParent task={props.task} />}
          >
            <FailedActions {...props} />
          </TaskError>
        </Match>
        <Match when={isBad()}>
          <TaskError
            code={props.code}
            message={{ title: lazyMessages.task.lost, text: lazyMessages.task.lostText }}
          >
            <CheckAgainButton task={props.task} />
          </TaskError>
        </Match>
      </Switch>
    </article>
  );
}

function CheckAgainButton(props: { task: Task }) {
  const actions = useImageActions();
  const [isChecking, setChecking] = createSignal(false);
  const check = async () => {
    if (isChecking()) return;
    setChecking(true);
    await actions.checkAgain(props.task);
    setChecking(false);
  };
  return (
    <Button kind="film-strong" busy={isChecking()} onClick={() => void check()}>
      {isChecking() ? lazyMessages.task.checking : lazyMessages.task.checkAgain}
    </Button>
  );
}

function TaskWithImages(props: TaskCardProps & { isAway: boolean }) {
  // If the task finished while shown, keep the room of its progress bar: nothing below moves.
  const hasDevelopedHere = isUnfinished(untrack(() => props.task));
  const items = createMemo(() => galleryItems([props.task], () => props.code));
  return (
    <>
      <TaskCardHead
        code={props.code}
        request={props.task}
        provider={props.task.provider}
        parent={<FromParent task={props.task} />}
        durationMs={durationMs(props.task)}
      >
        <Show when={isUnfinished(props.task)} fallback={<DoneActions {...props} items={items()} />}>
          <Button kind="film" onClick={() => props.onCancel(props.task)}>
            {lazyMessages.app.cancel}
          </Button>
        </Show>
      </TaskCardHead>
      <TaskImages
        code={props.code}
        count={askedImages(props.task)}
        ratio={imageRatio(props.task)}
        developed={isUnfinished(props.task) ? (props.task.progress.percent ?? 0) : undefined}
        items={items()}
        removed={props.task.removedImages}
      />
      <Show
        when={isUnfinished(props.task)}
        fallback={
          <div class="task-card-foot" classList={{ 'task-card-foot-roomy': hasDevelopedHere }}>
            <Show
              when={partialResultMessage(props.task)}
              fallback={
                hasDevelopedHere && (
                  <p class="task-card-done code">{lazyMessages.progress.done(durationMs(props.task))}</p>
                )
              }
            >
              {(text) => <p class="task-card-note">{text()}</p>}
            </Show>
          </div>
        }
      >
        <TaskProgress task={props.task} code={props.code} isAway={props.isAway} />
      </Show>
    </>
  );
}

function durationMs({ startedAt, completedAt }: Task): number | undefined {
  return startedAt && completedAt ? Date.parse(completedAt) - Date.parse(startedAt) : undefined;
}

/** The head of a card: code, prompt, model and cost, actions. */
export function TaskCardHead(props: {
  code: string;
  request: { prompt: string; model: { label: string }; costCredits: number | undefined };
  provider: { sandbox: boolean };
  durationMs?: number | undefined;
  parent?: JSX.Element;
  children?: JSX.Element;
}) {
  return (
    <header class="task-card-head">
      <span class="task-card-number code" aria-hidden="true">
        {props.code}
      </span>
      <p class="task-card-prompt" dir="auto" title={props.request.prompt}>
        {props.request.prompt}
      </p>
      <span class="task-card-meta code">
        {lazyMessages.task.meta(
          props.request.model.label,
          props.request.costCredits,
          props.durationMs,
          props.provider.sandbox,
        )}
        {props.parent}
      </span>
      <div class="task-card-actions">{props.children}</div>
    </header>
  );
}

/** Shown in place of images: why there are none, and what can be done. */
function TaskError(props: {
  code: string;
  message: { title: string; text: string };
  prompt?: string;
  /** The user cancelled it: not an error. */
  isCalm?: boolean;
  parent?: JSX.Element;
  children: JSX.Element;
}) {
  return (
    <div class="task-error">
      <span
        class="task-card-number code"
        classList={{ 'task-card-number-bad': !props.isCalm, 'task-card-number-calm': props.isCalm ?? false }}
        aria-hidden="true"
      >
        {props.code}
      </span>
      <div class="task-error-text">
        <strong>{props.message.title}</strong>
        <p>{props.message.text}</p>
        <Show when={props.prompt}>
          {(prompt) => (
            <p class="task-error-prompt" dir="auto">
              {prompt()}
              {props.parent}
            </p>
          )}
        </Show>
      </div>
      <div class="task-card-actions">{props.children}</div>
    </div>
  );
}
