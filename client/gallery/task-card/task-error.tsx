import { type JSX, Show } from 'solid-js';

/** In place of frames that will not come: why, and what can be done about it. */
export function Verdict(props: {
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
        <Show when={props.prompt}>
          {(prompt) => (
            <p class="verdict-prompt" dir="auto">
              {prompt()}
            </p>
          )}
        </Show>
      </div>
      <div class="strip-actions">{props.children}</div>
    </div>
  );
}
