import { afterEach, describe, expect, it, vi } from 'vitest';
import { ignoreHeldEnter, onPress } from './keys.ts';

const keydown = (key: string, more: KeyboardEventInit = {}) =>
  new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });

describe('onPress', () => {
  it('acts once for a held key, and keeps the browser from acting on its repeats', () => {
    const act = vi.fn(() => true);
    const listen = onPress(act);
    const events = [keydown('d'), ...[1, 2, 3].map(() => keydown('d', { repeat: true }))];
    for (const event of events) listen(event);
    expect(act).toHaveBeenCalledOnce();
    expect(events.map(({ defaultPrevented }) => defaultPrevented)).toEqual([true, true, true, true]);
    listen(keydown('d'));
    expect(act).toHaveBeenCalledTimes(2);
  });

  it('leaves other keys and their repeats alone, and input methods theirs', () => {
    const act = vi.fn(({ key }: KeyboardEvent) => key === 'd');
    const listen = onPress(act);
    const events = [
      keydown('d'),
      keydown('x'),
      keydown('x', { repeat: true }),
      // Held from before: pressed elsewhere.
      keydown('d', { repeat: true }),
      keydown('d', { isComposing: true }),
    ];
    for (const event of events) listen(event);
    expect(events.map(({ defaultPrevented }) => defaultPrevented)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(act).toHaveBeenCalledTimes(2);
  });
});

describe('ignoreHeldEnter', () => {
  afterEach(() => (document.body.innerHTML = ''));

  it('stops the repeats of Enter on buttons and in fields of one line', () => {
    document.body.innerHTML = '<button></button><input><textarea></textarea>';
    const stop = ignoreHeldEnter();
    const isStopped = (selector: string, more: KeyboardEventInit) =>
      !document.querySelector(selector)?.dispatchEvent(keydown('Enter', more));
    expect(['button', 'input', 'textarea'].map((name) => isStopped(name, { repeat: true }))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isStopped('button', {})).toBe(false);
    stop();
    expect(isStopped('button', { repeat: true })).toBe(false);
  });
});
