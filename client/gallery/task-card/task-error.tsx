import { type JSX, Show } from 'solid-js';

/** In place of frames that will not come: why, and what can be done about it. */
export function TaskError(props: {
  code: string;
  title: string;
  text: string;
  prompt?: string;
  /** Nothing went wrong: it was asked for. */
  isCalm?: boolean;
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
        <strong>{props.title}</strong>
        <p>{props.text}</p>
        <Show when={props.prompt}>
          {(prompt) => (
            <p class="task-error-prompt" dir="auto">
              {prompt()}
            </p>
          )}
        </Show>
      </div>
      <div class="task-card-actions">{props.children}</div>
    </div>
  );
}
