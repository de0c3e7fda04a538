/** Text that changes while it is shown: for screen readers, and under page translators. */
import { createRenderEffect, createSignal } from 'solid-js';

/** Announcements for screen readers. The same text twice is announced twice. */
export function createAnnouncer() {
  const [text, setText] = createSignal('');
  return {
    text,
    announce: (next: string) => setText((before) => (before === next ? `${next}\u00a0` : next)),
  };
}

/**
 * The `ref` of an element whose whole content is this text, for text that changes while it is shown. A page translator
 * replaces text nodes by elements of its own, and what is written to the old nodes afterwards is not seen; this
 * replaces whatever the element holds.
 */
export function liveText(text: () => string): (element: Element) => void {
  return (element) =>
    createRenderEffect(() => {
      element.textContent = text();
    });
}
