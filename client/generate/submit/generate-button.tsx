import { type JSX, Match, Show, Switch } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { createDelayed } from '../../ui/delayed.ts';
import { words } from '../../i18n/messages.ts';
import type { Composer } from './submission.ts';

/** What is over in a moment needs no sign. */
const sendingSignAfterMs = 120;

/** Sends the request; while that has to wait, it says for what. */
export function GenerateButton(props: {
  composer: Composer;
  ref?: (element: HTMLButtonElement) => void;
  onClick?: () => void;
  children: JSX.Element;
}) {
  const isSending = createDelayed(() => props.composer.outgoing().length > 0, sendingSignAfterMs);
  return (
    <Button
      kind="primary"
      type={props.onClick ? 'button' : 'submit'}
      class="generate"
      ref={props.ref}
      onClick={props.onClick && (() => props.onClick?.())}
    >
      <Show when={isSending()}>
        <span class="spinner" aria-hidden="true" />
      </Show>
      <Switch
        fallback={
          <>
            {words.bench.generate}
            {props.children}
          </>
        }
      >
        <Match when={props.composer.waitingFor() > 0}>
          {words.bench.waitingForUploads(props.composer.waitingFor())}
        </Match>
        <Match when={props.composer.isWaitingForPlace()}>{words.bench.waitingForPlace}</Match>
        <Match when={props.composer.waitSeconds() > 0}>
          {words.bench.generate}
          <span class="code" aria-hidden="true">
            {words.bench.tryAgainIn(props.composer.waitSeconds())}
          </span>
        </Match>
      </Switch>
    </Button>
  );
}
