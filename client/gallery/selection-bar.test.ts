import { createRoot } from 'solid-js';
import { describe, expect, it } from 'vitest';
import { createSelection } from './selection-bar.tsx';

const order = ['a', 'b', 'c', 'd', 'e'];
const selection = () => createRoot(() => createSelection(() => order));

describe('selection', () => {
  it('starts with the first image that is chosen, and ends with nothing chosen', () => {
    const chosen = selection();
    chosen.toggle('b');
    expect([chosen.isOn(), chosen.has('b')]).toEqual([true, true]);
    chosen.toggle('b');
    expect([chosen.isOn(), chosen.has('b')]).toEqual([true, false]);
    chosen.toggle('c');
    chosen.end();
    expect([chosen.isOn(), chosen.has('c')]).toEqual([false, false]);
  });

  it('takes a range from the last image chosen, in both directions', () => {
    const chosen = selection();
    chosen.toggle('b');
    chosen.extendTo('d');
    expect(order.filter(chosen.has)).toEqual(['b', 'c', 'd']);
    chosen.extendTo('a');
    expect(order.filter(chosen.has)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes the image alone where a range has no beginning', () => {
    const chosen = selection();
    chosen.extendTo('d');
    expect(order.filter(chosen.has)).toEqual(['d']);
  });
});
