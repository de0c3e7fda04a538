import { createRenderEffect } from 'solid-js';

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
