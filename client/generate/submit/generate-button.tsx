import {
  type Accessor,
  createEffect,
  createSignal,
  type JSX,
  Match,
  onCleanup,
  Show,
  Switch,
} from 'solid-js';
import type { Submission } from './submission.ts';
import { messages } from '../../i18n/messages.ts';
import { Button } from '../../ui/button.tsx';

/** A shorter wait shows no spinner. */
const sendingSignAfterMs = 120;

/** Submits the form; while the request waits, says for what. */
export function GenerateButton(props: {
  submission: Submission;
  ref?: (element: HTMLButtonElement) => void;
  onClick?: () => void;
  children: JSX.Element;
}) {
  const isSending = createDelayed(() => props.submission.optimisticRequests().length > 0, sendingSignAfterMs);
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
            {messages.form.generate}
            {props.children}
          </>
        }
      >
        <Match when={props.submission.waitingFor() > 0}>
          {messages.form.waitingForUploads(props.submission.waitingFor())}
        </Match>
        <Match when={props.submission.isWaitingForPlace()}>{messages.form.waitingForPlace}</Match>
        <Match when={props.submission.waitSeconds() > 0}>
          {messages.form.generate}
          <span class="code" aria-hidden="true">
            {messages.form.tryAgainIn(props.submission.waitSeconds())}
          </span>
        </Match>
      </Switch>
    </Button>
  );
}

/** True once `source` has been true for `delayMs`. */
export function createDelayed(source: Accessor<boolean>, delayMs: number): Accessor<boolean> {
  const [isDue, setDue] = createSignal(false);
  createEffect(() => {
    if (!source()) return setDue(false);
    const timer = setTimeout(() => setDue(true), delayMs);
    onCleanup(() => clearTimeout(timer));
  });
  return isDue;
}
