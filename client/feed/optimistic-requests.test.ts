import { createRoot, createSignal } from 'solid-js';
import { describe, expect, it } from 'vitest';
import { modelData } from '../testing/models.ts';
import { taskData } from '../testing/tasks.ts';
import type { OptimisticRequest } from '../generate/submission.ts';
import type { Task } from '../api/task.ts';
import { createOptimisticRequests } from './feed.ts';

const model = modelData({ id: 'model-1' });
const request = (id: string, prompt = 'A lake'): OptimisticRequest => {
  return { id, prompt, model, count: 1, ratio: 1, costCredits: 2 };
};

function start(there: readonly Task[]) {
  const [tasks, setTasks] = createSignal(there);
  const [requests, setOptimisticRequests] = createSignal<readonly OptimisticRequest[]>([]);
  const optimisticRequests = createRoot(() => createOptimisticRequests(requests, tasks));
  return {
    setTasks,
    setOptimisticRequests,
    optimisticRequests: () => optimisticRequests().map(({ id }) => id),
  };
}

describe('the optimistic requests', () => {
  const earlier = taskData({ id: 'earlier', prompt: 'A lake' });
  const arrived = taskData({ id: 'arrived', prompt: 'A lake' });

  it('is a request until its task is in the feed, and not for an earlier one with the same words', () => {
    const { setTasks, setOptimisticRequests, optimisticRequests } = start([earlier]);
    setOptimisticRequests([request('one')]);
    expect(optimisticRequests()).toEqual(['one']);
    setTasks([arrived, earlier]);
    expect(optimisticRequests()).toEqual([]);
  });

  it('takes one task for one of two equal requests, the older one', () => {
    const { setTasks, setOptimisticRequests, optimisticRequests } = start([earlier]);
    setOptimisticRequests([request('two'), request('one')]);
    setTasks([arrived, earlier]);
    expect(optimisticRequests()).toEqual(['two']);
  });

  it('takes neither a task of other words nor what older pages bring', () => {
    const { setTasks, setOptimisticRequests, optimisticRequests } = start([
      taskData({ id: 'known', prompt: 'A hill' }),
    ]);
    setOptimisticRequests([request('one')]);
    setTasks([
      taskData({ id: 'other', prompt: 'A vase' }),
      taskData({ id: 'known', prompt: 'A hill' }),
      earlier,
    ]);
    expect(optimisticRequests()).toEqual(['one']);
  });
});
