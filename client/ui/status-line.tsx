import { type JSX, Show } from 'solid-js';

/** A line that speaks when it changes. It stays in the page while empty: a status that appears with its text is not read. */
export function StatusLine(props: { kind?: 'ok' | 'trouble'; class?: string; children: JSX.Element }) {
  return (
    <p class={`status-line ${props.class ?? ''}`} role="status">
      <Show when={props.children}>
        <span class={`dot dot-${props.kind ?? 'ok'}`} aria-hidden="true" />
        <span>{props.children}</span>
      </Show>
    </p>
  );
}
