import { expect, it } from 'vitest';
import type { Task } from '../../generated/prisma/client.ts';
import { progressOf } from '../task.ts';
import { progressChange } from './changes.ts';

const task = {
  status: 'PROCESSING',
  progressPercent: 0,
  progressSource: 'ESTIMATE',
  startedAt: new Date(0),
  expectedDurationMs: 10_000,
} as Task;

it('ignores a report below the estimate that a client has seen since the last write', () => {
  expect(progressOf(task, 1_000).percent).toBe(9);
  expect(progressChange(task, 0, 1_000)).toEqual({});
  expect(progressChange(task, 9, 1_000)).toEqual({ progressPercent: 9, progressSource: 'PROVIDER' });
});
