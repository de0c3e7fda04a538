import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenForFormKeys } from './form-focus.ts';

describe('the keys that lead to the form', () => {
  const calls: string[] = [];
  let maySubmit = true;
  let stop = () => {};
  beforeEach(() => {
    calls.length = 0;
    document.body.innerHTML = '<main id="feed"><button></button><input></main><aside></aside>';
    maySubmit = true;
    stop = listenForFormKeys({
      maySubmit: () => maySubmit,
      onSubmit: () => calls.push('submit'),
      onPrompt: () => calls.push('prompt'),
      onScene: (scene) => calls.push(scene),
    });
  });
  afterEach(() => {
    stop();
    document.body.innerHTML = '';
  });
  const press = (selector: string, key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
    document.querySelector(selector)?.dispatchEvent(event);
    return event.defaultPrevented;
  };

  it('work from anywhere in the feed, and are not written as well', () => {
    expect(press('#feed', '/')).toBe(true);
    expect(press('button', '1')).toBe(true);
    expect(press('button', '2')).toBe(true);
    expect(calls).toEqual(['prompt', 'TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE']);
  });

  it('send from anywhere, a field as well, where a request may be sent', () => {
    expect(press('input', 'Enter', { ctrlKey: true })).toBe(true);
    expect(press('aside', 'Enter', { metaKey: true })).toBe(true);
    expect(press('aside', 'Enter')).toBe(false);
    maySubmit = false;
    expect(press('input', 'Enter', { ctrlKey: true })).toBe(false);
    expect(calls).toEqual(['submit', 'submit']);
  });

  it('leave keys to text fields, the rest of the page and the browser', () => {
    expect(press('input', '/')).toBe(false);
    expect(press('aside', '1')).toBe(false);
    expect(press('button', '2', { ctrlKey: true })).toBe(false);
    expect(press('button', '3')).toBe(false);
    expect(calls).toEqual([]);
  });
});
