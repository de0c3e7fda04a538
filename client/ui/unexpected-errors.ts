/** Shows each unexpected error once, with a reload. Loaded with the first one. */
import type { Toasts } from './toasts.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** Harmless reports of browsers, and errors of extensions, whose text is withheld. */
const harmless = /ResizeObserver loop|^Script error\.?$/;

/** Errors that were shown on this page; a repeated one is shown once. */
const said = new Set<string>();
let isShown = false;

export function showUnexpectedError(event: Event, toasts: Toasts): void {
  const text = textOf(event);
  if (text === undefined || isShown || said.has(text)) return;
  said.add(text);
  isShown = true;
  toasts.show({
    text: lazyMessages.page.broke,
    kind: 'error',
    action: { label: messages.app.reload, run: () => location.reload() },
    onGone: () => (isShown = false),
  });
}

/** Undefined if there is nothing to show. */
function textOf(event: Event): string | undefined {
  const isRejection = 'reason' in event;
  const error: unknown = isRejection ? event.reason : 'error' in event ? event.error : undefined;
  // Aborted on purpose.
  if (error instanceof DOMException && error.name === 'AbortError') return undefined;
  const text = String(error ?? ('message' in event ? event.message : event.type));
  return harmless.test(text) ? undefined : text;
}
