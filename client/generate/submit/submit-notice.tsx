import { createMemo, lazy, Show, Suspense, untrack } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import type { Toasts } from '../../ui/toasts.tsx';
import { words } from '../../i18n/messages.ts';
import type { Composer } from './submission.ts';

const BreakdownActions = lazy(async () => ({
  default: (await import('./error-report.tsx')).BreakdownActions,
}));

/** Fetches what is offered where the server broke, so that it is there without a connection, too. */
export const preloadBreakdown = (): Promise<unknown> => BreakdownActions.preload();

/** Why the request did not go, or what it waits for. */
export function SendNotice(props: {
  composer: Composer;
  toasts: Toasts;
  problem: string | undefined;
  /** Whether the page says it already, so that it is only to be heard. */
  isOnScreen?: boolean;
}) {
  const { composer } = props;
  const text = () =>
    props.problem ?? composer.refusal() ?? (composer.isOnline() ? undefined : words.connection.offline);
  const isCounting = createMemo(() => composer.waitSeconds() > 0);
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
      <Show when={props.problem === undefined && composer.breakdown()} keyed>
        {(breakdown) => (
          <Suspense>
            <BreakdownActions breakdown={breakdown} toasts={props.toasts} />
          </Suspense>
        )}
      </Show>
      <Show when={composer.waitingFor() > 0 || composer.isWaitingForPlace()}>
        <Button kind="quiet" onClick={() => composer.stopWaiting()}>
          {words.bench.stopWaiting}
        </Button>
      </Show>
    </div>
  );
}
