import { createComputed, Match, on, Show, Switch, untrack } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { words } from '../../i18n/messages.ts';
import { useFrameTools } from '../image-actions.ts';
import { askedImages, isUnfinished, type Task } from '../../api/task.ts';
import { failureWords, partialWords } from './task-error-messages.ts';
import { TaskFrames } from './task-images.tsx';
import { DoneActions, FailedActions, type StripProps } from './task-card-actions.tsx';
import { StripHead } from './task-card-head.tsx';
import { TaskProgress } from './task-progress.tsx';
import { Verdict } from './task-error.tsx';

/** One request as a strip of film: its frames, how far they are, and what became of it. */
export function Strip(
  props: StripProps & {
    isLost: boolean;
    /** Whether the server does not answer. */
    isAway: boolean;
  },
) {
  const hasFailed = () => props.task.status === 'FAILED' || props.task.status === 'CANCELED';
  const isBad = () => hasFailed() || (isUnfinished(props.task) && props.isLost);
  const tools = useFrameTools();
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
            <Button kind="film-strong" onClick={() => void tools.refresh(props.task.id)}>
              {laterWords.strip.checkAgain}
            </Button>
          </Verdict>
        </Match>
      </Switch>
    </article>
  );
}

function DevelopedStrip(props: StripProps & { isAway: boolean }) {
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
        <TaskProgress task={props.task} code={props.code} isAway={props.isAway} />
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

function FailedStrip(props: StripProps) {
  const told = () => failureWords(props.task);
  return (
    <Verdict
      code={props.code}
      title={told().title}
      text={told().text}
      prompt={props.task.prompt}
      isCalm={props.task.status === 'CANCELED'}
    >
      <FailedActions {...props} />
    </Verdict>
  );
}

function durationMs({ startedAt, completedAt }: Task): number | undefined {
  return startedAt && completedAt ? Date.parse(completedAt) - Date.parse(startedAt) : undefined;
}
