import { describe, expect, it } from 'vitest';
import { taskData } from '../testing/tasks.ts';
import { createHistoryCodes } from './codes.ts';

const tasks = (...ids: string[]) => ids.map((id) => taskData({ id }));

describe('the numbers of earlier tasks', () => {
  it('count down from how many there are', () => {
    const codes = createHistoryCodes(() => undefined);
    codes.learn(tasks('c', 'b'), 3);
    expect(['c', 'b', 'a'].map(codes.of)).toEqual(['3', '2', undefined]);
  });

  it('go on from those that the feed has given', () => {
    const codes = createHistoryCodes((id) => (id === 'c' ? '31' : undefined));
    codes.learn(tasks('c', 'b', 'a'), 3);
    expect(['c', 'b', 'a'].map(codes.of)).toEqual(['31', '30', '29']);
  });

  it('stay when a task above them is deleted', () => {
    const codes = createHistoryCodes(() => undefined);
    codes.learn(tasks('c', 'b', 'a'), 3);
    codes.learn(tasks('b', 'a'), 2);
    expect(['b', 'a'].map(codes.of)).toEqual(['2', '1']);
    codes.learn(tasks('d', 'b', 'a'), 3);
    expect(['d', 'b', 'a'].map(codes.of)).toEqual(['3', '2', '1']);
  });
});
