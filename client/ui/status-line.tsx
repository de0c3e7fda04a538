import { Show } from 'solid-js';
import { liveText } from './live-text.ts';

/** A line that speaks when it changes. It stays in the page while empty: a status that appears with its text is not read. */
export function StatusLine(props: { kind?: 'ok' | 'trouble'; class?: string; children: string }) {
  return (
    <p class={`status-line ${props.class ?? ''}`} role="status">
      <Show when={props.children}>
        <span class={`dot dot-${props.kind ?? 'ok'}`} aria-hidden="true" />
        <span ref={liveText(() => props.children)} />
      </Show>
    </p>
  );
}
