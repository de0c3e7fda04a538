import { describe, expect, it } from 'vitest';
import { imageCode } from '../api/task.ts';
import { createTaskNumbers } from './feed.ts';

const numbersOf = (numbers: ReturnType<typeof createTaskNumbers>, ids: string[]) =>
  ids.map((id) => numbers.of(id));

describe('task numbers', () => {
  it('count down from the newest to the oldest', () => {
    const numbers = createTaskNumbers();
    numbers.assign(['c', 'b', 'a'], 31);
    expect(numbersOf(numbers, ['c', 'b', 'a'])).toEqual(['31', '30', '29']);
  });

  it('go on below for further pages and above for new requests', () => {
    const numbers = createTaskNumbers();
    numbers.assign(['c', 'b'], 3);
    numbers.assign(['c', 'b', 'a'], 3);
    numbers.assign(['e', 'd', 'c', 'b', 'a'], 3);
    expect(numbersOf(numbers, ['e', 'd', 'c', 'b', 'a'])).toEqual(['5', '4', '3', '2', '1']);
  });

  it('stay as they are when a task is deleted', () => {
    const numbers = createTaskNumbers();
    numbers.assign(['c', 'b', 'a'], 3);
    numbers.assign(['c', 'a'], 2);
    expect(numbersOf(numbers, ['c', 'a'])).toEqual(['3', '1']);
  });

  it('give the next number to a request without a task', () => {
    const numbers = createTaskNumbers();
    expect(numbers.of('new')).toBe('1');
    numbers.assign(['a'], 31);
    expect(numbers.of('new')).toBe('32');
  });

  it('give no number twice', () => {
    const numbers = createTaskNumbers();
    numbers.assign(['d', 'b'], 4);
    numbers.assign(['d', 'c', 'b'], 4);
    expect(new Set(numbersOf(numbers, ['d', 'c', 'b'])).size).toBe(3);
  });
});

describe('imageCode', () => {
  it('counts frames as film does', () => {
    expect([0, 1, 2, 14].map((index) => imageCode('29', index))).toEqual(['29', '29A', '29B', '29N']);
  });
});
