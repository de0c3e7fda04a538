import { expect, it } from 'vitest';
import { taskData } from '../testing/tasks.ts';
import { besideEachOther } from './beside.ts';

const task = (id: string, model: string, second: number, prompt = 'A kite') => ({
  ...taskData({ id, prompt, createdAt: `2026-03-01T10:00:${String(second).padStart(2, '0')}.000Z` }),
  model: { __typename: 'Model' as const, id: model, label: model },
});

it('sets the requests of one press beside each other, and no others', () => {
  const tasks = [
    task('e', 'one', 59),
    task('d', 'one', 40, 'A fox'),
    task('c', 'three', 21),
    task('b', 'two', 20),
    task('a', 'one', 20),
    task('again', 'one', 19),
    task('late', 'two', 1),
  ];
  expect([...besideEachOther(tasks)]).toEqual(['c', 'b', 'a']);
});
