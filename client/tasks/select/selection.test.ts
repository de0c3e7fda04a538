import { createRoot } from 'solid-js';
import { describe, expect, it } from 'vitest';
import { createSelection } from './selection.ts';

const selection = (order: readonly string[] = ['a', 'b', 'c', 'd', 'e']) =>
  createRoot(() => createSelection(() => order));

describe('selection', () => {
  it('starts with the first frame that is chosen, and ends with nothing chosen', () => {
    const chosen = selection();
    chosen.toggle('b');
    expect([chosen.isOn(), chosen.has('b')]).toEqual([true, true]);
    chosen.toggle('b');
    expect([chosen.isOn(), chosen.has('b')]).toEqual([true, false]);
    chosen.toggle('c');
    chosen.end();
    expect([chosen.isOn(), chosen.has('c')]).toEqual([false, false]);
  });

  it('takes a range from the last frame chosen, in both directions', () => {
    const chosen = selection();
    chosen.toggle('b');
    chosen.extendTo('d');
    expect(chosen.imageIds()).toEqual(['b', 'c', 'd']);
    chosen.extendTo('a');
    expect(chosen.imageIds()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes the frame alone where a range has no beginning', () => {
    const chosen = selection();
    chosen.extendTo('d');
    expect(chosen.imageIds()).toEqual(['d']);
  });

  it('answers in the order of the page, and forgets what is not there any more', () => {
    const chosen = selection(['a', 'b']);
    chosen.toggle('b');
    chosen.toggle('a');
    chosen.toggle('gone');
    expect(chosen.imageIds()).toEqual(['a', 'b']);
  });
});
