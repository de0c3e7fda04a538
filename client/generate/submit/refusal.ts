/** The message of the last refusal; counts down a rate limit. */
import { type Accessor, createEffect, createMemo, createSignal, onCleanup, untrack } from 'solid-js';
import type { Refusal } from '../../api/errors.ts';
import { messages } from '../../i18n/messages.ts';
import type { refusalMessage } from './refusal-messages.ts';

interface RefusalOptions {
  balance: Accessor<number | undefined>;
  activeTasks: Accessor<number>;
  isSignedIn: Accessor<boolean>;
  /** Whether the request is sent once a running one has ended. */
  startsByItself: Accessor<boolean>;
}

export function createRefusal(options: RefusalOptions) {
  const [last, setLast] = createSignal<{
    refusal: Refusal;
    costCredits: number | undefined;
    tryAgain: () => void;
  }>();
  const [waitSeconds, setWaitSeconds] = createSignal<number>();
  const [say, setSay] = createSignal<typeof refusalMessage>();
  const learn = async () => {
    // If the messages do not load, the server is unreachable: that message is loaded.
    const found = await import('./refusal-messages.ts').catch(() => undefined);
    setSay(() => found?.refusalMessage ?? (() => messages.refusal.unreachable));
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = () => clearInterval(timer);
  onCleanup(stop);
  const clear = () => {
    stop();
    setLast(undefined);
  };
  createEffect(() => {
    if (options.isSignedIn() && untrack(last)?.refusal.code === 'UNAUTHENTICATED') clear();
  });

  return {
    waitSeconds: () => (last() ? (waitSeconds() ?? 0) : 0),
    text: createMemo(() => {
      const shown = last();
      if (!shown) return undefined;
      return say()?.(shown.refusal, {
        costCredits: shown.costCredits,
        balanceCredits: options.balance(),
        activeTasks: options.activeTasks(),
        startsByItself: options.startsByItself(),
        waitSeconds: waitSeconds(),
      });
    }),
    errorReport: createMemo(() => {
      const shown = last();
      return shown?.refusal.code === 'INTERNAL'
        ? { reportId: shown.refusal.reportId, tryAgain: shown.tryAgain }
        : undefined;
    }),
    clear,
    show(refusal: Refusal, costCredits: number | undefined, tryAgain: () => void) {
      stop();
      setWaitSeconds(refusal.retryAfterSeconds);
      if (refusal.retryAfterSeconds !== undefined)
        timer = setInterval(() => {
          const left = setWaitSeconds((seconds) => Math.max(0, (seconds ?? 0) - 1));
          if (left === 0) stop();
        }, 1000);
      setLast({ refusal, costCredits, tryAgain });
      if (!untrack(say)) void learn();
    },
  };
}
