import type { JSX } from 'solid-js';

/** What is printed along the edge of a strip, and what can be done with it. */
export function TaskCardHead(props: { code: string; prompt: string; meta: string; children?: JSX.Element }) {
  return (
    <header class="task-card-head">
      <span class="task-card-number code" aria-hidden="true">
        {props.code}
      </span>
      <p class="task-card-prompt" dir="auto" title={props.prompt}>
        {props.prompt}
      </p>
      <span class="task-card-meta code">{props.meta}</span>
      <div class="task-card-actions">{props.children}</div>
    </header>
  );
}
