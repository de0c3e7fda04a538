import { createMemo, Show, Suspense, untrack } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import type { Toasts } from '../../ui/toasts.tsx';
import { messages } from '../../i18n/messages.ts';
import type { Submission } from './submission.ts';
import { lazyComponent } from '../../ui/lazy-component.ts';

const ErrorReportActions = lazyComponent(() => import('./error-report.tsx'), 'ErrorReportActions');

/** Fetches what is offered where the server broke, so that it is there without a connection, too. */
export const preloadErrorReport = (): Promise<unknown> => ErrorReportActions.preload();

/** Why the request was not sent, or what it waits for. */
export function SendNotice(props: {
  submission: Submission;
  toasts: Toasts;
  problem: string | undefined;
  /** Whether the text is visible elsewhere, so that it is only announced. */
  isOnScreen?: boolean;
}) {
  const { submission } = props;
  const text = () =>
    props.problem ??
    submission.refusal() ??
    (submission.isOnline() ? undefined : messages.connection.offline);
  const isCounting = createMemo(() => submission.waitSeconds() > 0);
  return (
    <div class="send-notice">
      {/* A count-down that speaks each second is a nuisance: it is heard when it begins and when it ends. */}
      <Show when={isCounting()}>
        <p class="problem" aria-hidden="true">
          {text()}
        </p>
      </Show>
      <div role="alert">
        <Show when={text()}>
          <p class={isCounting() || props.isOnScreen ? 'visually-hidden' : 'problem'}>
            {isCounting() ? untrack(text) : text()}
          </p>
        </Show>
      </div>
      <Show when={props.problem === undefined && submission.errorReport()} keyed>
        {(errorReport) => (
          <Suspense>
            <ErrorReportActions errorReport={errorReport} toasts={props.toasts} />
          </Suspense>
        )}
      </Show>
      <Show when={submission.waitingFor() > 0 || submission.isWaitingForPlace()}>
        <Button kind="quiet" onClick={() => submission.stopWaiting()}>
          {messages.form.stopWaiting}
        </Button>
      </Show>
    </div>
  );
}
