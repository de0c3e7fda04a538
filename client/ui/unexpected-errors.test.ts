import { expect, it } from 'vitest';
import { createToasts } from './toasts.tsx';
import { showUnexpectedError } from './unexpected-errors.ts';

const thrown = (message: string, error?: unknown) => new ErrorEvent('error', { message, error });
const rejected = (reason: unknown) => Object.assign(new Event('unhandledrejection'), { reason });

it('says each unexpected error once, one at a time, and what to do', () => {
  const toasts = createToasts();
  const texts = () => toasts.list().map(({ text }) => text);
  const dismiss = () => toasts.dismiss(toasts.list()[0]!.id);
  for (let time = 0; time < 3; time++) showUnexpectedError(rejected(new Error('one')), toasts);
  showUnexpectedError(thrown('Uncaught Error: two', new Error('two')), toasts);
  expect(texts()).toEqual([
    'Something in this page broke. Nothing you wrote is lost. Reload, then try again.',
  ]);
  expect(toasts.list()[0]?.action?.label).toBe('Reload');
  dismiss();
  showUnexpectedError(rejected(new Error('one')), toasts);
  expect(texts()).toEqual([]);
  showUnexpectedError(thrown('Uncaught Error: two', new Error('two')), toasts);
  expect(texts()).toHaveLength(1);
  dismiss();
});

it.each([
  ['a withheld error of an extension', thrown('Script error.')],
  ['a loop of layout', thrown('ResizeObserver loop completed with undelivered notifications.')],
  ['what was given up on purpose', rejected(new DOMException('Aborted', 'AbortError'))],
])('says nothing of %s', (_, event) => {
  const toasts = createToasts();
  showUnexpectedError(event, toasts);
  expect(toasts.list()).toEqual([]);
});
