import { describe, expect, it } from 'vitest';
import type { Task } from '../../api/task.ts';
import { etaStep, progressMessage } from './task-progress.tsx';
import { progressData, taskData } from '../../testing/tasks.ts';

const startedAt = '2026-03-01T10:00:00.000Z';
const now = Date.parse(startedAt) + 34_000;
const messageOf = (progress: Task['progress'], status: Task['status'] = 'PROCESSING') =>
  progressMessage(taskData({ id: 'a', status, progress, startedAt }), now);

describe('the messages of progress', () => {
  it("shows the provider's figure as it is", () => {
    expect(messageOf(progressData(46, { etaSeconds: 12 }))).toEqual({
      percent: 46,
      progress: '46%',
      time: 'about 15 s left',
      spoken: '46 percent, about 15 seconds left',
    });
  });

  it('says of an estimate that it is one', () => {
    const { progress, spoken } = messageOf(progressData(46, { source: 'ESTIMATE', etaSeconds: 12 }));
    expect(progress).toBe('46% estimated');
    expect(spoken).toBe('46 percent, estimated, about 15 seconds left');
  });

  it('says that it takes longer where an estimate has run out', () => {
    expect(messageOf(progressData(95, { source: 'ESTIMATE' })).time).toBe('Taking longer than usual');
    expect(messageOf(progressData(95)).time).toBe('');
  });

  it('says that a task has not begun, and after a while whom it is waiting for', () => {
    const waiting = (createdMsAgo: number) =>
      progressMessage(
        taskData({ id: 'a', status: 'PENDING', createdAt: new Date(now - createdMsAgo).toISOString() }),
        now,
      );
    expect(waiting(2_000)).toMatchObject({ progress: 'Waiting to start', percent: undefined });
    expect(waiting(6_000)).toMatchObject({
      progress: 'Still waiting for Forge to begin',
      percent: undefined,
    });
  });

  it('shows the elapsed time, and no figure, if the progress is unknown', () => {
    expect(messageOf(progressData(null))).toEqual({
      percent: undefined,
      progress: '',
      time: '34 s so far',
      spoken: '34 s so far',
    });
  });

  it('counts no time below zero where the clocks differ', () => {
    const task = taskData({ id: 'a', progress: progressData(null), startedAt });
    expect(progressMessage(task, Date.parse(startedAt) - 90_000).time).toBe('0 s so far');
  });
});

describe('etaStep', () => {
  it.each([
    [0, 5],
    [5, 5],
    [6, 10],
    [12, 15],
    [29, 30],
    [45, 45],
    [46, 60],
    [61, 90],
  ])('shows %i seconds as %i', (seconds, step) => {
    expect(etaStep(seconds)).toBe(step);
  });
});

describe('while the server does not answer', () => {
  it('the last figure stands, and no time is promised', () => {
    const task = taskData({ id: 'a', progress: progressData(46, { etaSeconds: 12 }), startedAt });
    expect(progressMessage(task, now, { isAway: true })).toEqual({
      percent: 46,
      progress: '46%',
      time: 'No answer from the server',
      spoken: '46 percent, No answer from the server',
    });
  });
});
