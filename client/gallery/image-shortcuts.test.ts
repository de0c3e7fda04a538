import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { imageData, taskData } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createDownloads } from './downloads.ts';
import { listenForImageKeys } from './image-shortcuts.tsx';
import type { GalleryItem, ImageActions } from './image-actions.ts';

const codes = ['2', '2A', '1'];
const items: GalleryItem[] = codes.map((code) => ({
  task: taskData({ id: code }),
  image: imageData(code),
  code,
}));

function open() {
  document.body.innerHTML = `<main id="feed" tabindex="-1">${codes
    .map((code) => `<li class="task-image"><button data-image="${code}"></button><a href="#x"></a></li>`)
    .join('')}<input><dialog open><button id="inside"></button></dialog></main>`;
  const calls: string[] = [];
  const note = (name: string) => (subject: unknown) => void calls.push(`${name} ${String(subject)}`);
  const actions = {
    favorites: { has: () => false, toggle: ({ id }) => note('mark')(id), set: () => {} },
    selection: {
      isOn: () => true,
      start: () => {},
      end: () => calls.push('end'),
      has: () => false,
      toggle: note('select'),
      extendTo: note('extend'),
    },
    downloads: {
      ...createDownloads({ toasts: createToasts(), refresh: async () => {}, current: () => undefined }),
      one: async (item) => note('download')(item.code),
    },
    open: note('open'),
    isOpen: () => false,
    use: (item) => note('use')(item.code),
    remix: (task) => note('remix')(task.id),
    sameSeed: (task) => note('same seed')(task.id),
    vary: (item) => note('vary')(item.code),
    offersFor: async () => [],
    repeat: (task) => note('repeat')(task.id),
    codeOf: () => undefined,
    leave: () => {},
    copyPrompt: () => {},
    share: () => {},
    compare: (item) => note('compare')(item?.code),
    copyAsApiCall: () => {},
    remove: ([task]) => note('remove')(task?.id),
    removeImages: ([item]) => note('remove image')(item?.code),
    retry: () => {},
    refresh: async () => {},
    checkAgain: async () => {},
    showKeys: () => calls.push('keys'),
  } satisfies ImageActions;
  const stop = listenForImageKeys({
    actions,
    item: (id) => items.find(({ image }) => image.id === id),
  });
  const at = (selector: string) => document.querySelector<HTMLElement>(selector);
  const press = (selector: string, key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
    at(selector)?.dispatchEvent(event);
    return event;
  };
  return { calls, press, stop };
}

describe('the keys of the feed', () => {
  let stop = () => {};
  beforeEach(() => vi.useRealTimers());
  afterEach(() => {
    stop();
    document.body.innerHTML = '';
  });

  it('act on the image that has the focus, or whose buttons have it', () => {
    const { calls, press, ...page } = open();
    stop = page.stop;
    for (const key of ['d', 'r', 'u', 'm', 'Delete', ' ']) press('[data-image="2A"]', key);
    press('[data-image="2A"]', ' ', { shiftKey: true });
    press('[data-image="2A"]', 'Delete', { shiftKey: true });
    expect(calls).toEqual([
      'download 2A',
      'remix 2A',
      'use 2A',
      'mark 2A',
      'remove 2A',
      'select 2A',
      'extend 2A',
      'remove image 2A',
    ]);
    calls.length = 0;
    press('[data-image="1"] + a', 'm');
    press('[data-image="1"] + a', ' ');
    expect(calls).toEqual(['mark 1']);
  });

  it('move through all images, from task card to task card', () => {
    const { press, ...page } = open();
    stop = page.stop;
    const focused = () => document.activeElement?.getAttribute('data-image');
    press('[data-image="2"]', 'ArrowRight');
    expect(focused()).toBe('2A');
    press('[data-image="2A"]', 'ArrowRight');
    expect(focused()).toBe('1');
    press('[data-image="1"]', 'ArrowRight');
    expect(focused()).toBe('1');
    press('[data-image="1"]', 'Home');
    expect(focused()).toBe('2');
    press('[data-image="2"]', 'End');
    expect(focused()).toBe('1');
  });

  it('lead to the list of keys, and out of selecting, from anywhere in the feed', () => {
    const { calls, press, ...page } = open();
    stop = page.stop;
    for (const key of ['?', 'Escape']) press('#feed', key);
    expect(calls).toEqual(['keys', 'end']);
  });

  it('leave keys to text fields, dialogs and the browser', () => {
    const { calls, press, ...page } = open();
    stop = page.stop;
    press('input', 'm');
    press('#inside', '?');
    press('[data-image="2"]', 'r', { ctrlKey: true });
    expect(press('[data-image="2"]', 'Enter').defaultPrevented).toBe(false);
    expect(press('#feed', 'ArrowDown').defaultPrevented).toBe(false);
    expect(calls).toEqual([]);
  });
});
