/** Errors that no code expected: each is said once, with what to do. Loaded with the first one. */
import type { Toasts } from './toasts.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** What browsers report that harms nothing, or comes from an extension: its text is withheld. */
const harmless = /ResizeObserver loop|^Script error\.?$/;

/** The texts that were said on this page; one that comes again and again is said once. */
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

/** Undefined where there is nothing to say. */
function textOf(event: Event): string | undefined {
  const isRejection = 'reason' in event;
  const error: unknown = isRejection ? event.reason : 'error' in event ? event.error : undefined;
  // What was given up on purpose.
  if (error instanceof DOMException && error.name === 'AbortError') return undefined;
  const text = String(error ?? ('message' in event ? event.message : event.type));
  return harmless.test(text) ? undefined : text;
}
