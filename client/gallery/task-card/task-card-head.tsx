import type { JSX } from 'solid-js';

/** What is printed along the edge of a strip, and what can be done with it. */
export function StripHead(props: { code: string; prompt: string; meta: string; children?: JSX.Element }) {
  return (
    <header class="strip-head">
      <span class="strip-number code" aria-hidden="true">
        {props.code}
      </span>
      <p class="strip-prompt" dir="auto" title={props.prompt}>
        {props.prompt}
      </p>
      <span class="strip-meta code">{props.meta}</span>
      <div class="strip-actions">{props.children}</div>
    </header>
  );
}
