import { type Accessor, createSignal } from 'solid-js';

interface Announcer {
  announce(text: string): void;
  text: Accessor<string>;
}

/** Announcements for screen readers. The same text twice is announced twice. */
export function createAnnouncer(): Announcer {
  const [text, setText] = createSignal('');
  return {
    text,
    announce: (next) => setText((before) => (before === next ? `${next}\u00a0` : next)),
  };
}

export function LiveRegion(props: { text: string }) {
  return (
    <p class="visually-hidden" aria-live="polite">
      {props.text}
    </p>
  );
}
