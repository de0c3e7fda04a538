import { createRoot, createSignal } from 'solid-js';
import { describe, expect, it } from 'vitest';
import { modelData } from '../testing/models.ts';
import { taskData } from '../testing/tasks.ts';
import type { OutgoingRequest } from '../generate/submit/submission.ts';
import type { Task } from '../api/task.ts';
import { createAwaited } from './optimistic-requests.ts';

const model = modelData({ id: 'model-1' });
const request = (id: string, prompt = 'A lake'): OutgoingRequest => {
  return { id, prompt, model, count: 1, ratio: 1, costCredits: 2 };
};

function start(there: readonly Task[]) {
  const [tasks, setTasks] = createSignal(there);
  const [outgoing, setOutgoing] = createSignal<readonly OutgoingRequest[]>([]);
  const awaited = createRoot(() => createAwaited(outgoing, tasks));
  return { setTasks, setOutgoing, awaited: () => awaited().map(({ id }) => id) };
}

describe('what is awaited', () => {
  const earlier = taskData({ id: 'earlier', prompt: 'A lake' });
  const arrived = taskData({ id: 'arrived', prompt: 'A lake' });

  it('is a request until its task is in the feed, and not for an earlier one with the same words', () => {
    const { setTasks, setOutgoing, awaited } = start([earlier]);
    setOutgoing([request('one')]);
    expect(awaited()).toEqual(['one']);
    setTasks([arrived, earlier]);
    expect(awaited()).toEqual([]);
  });

  it('takes one task for one of two equal requests, the older one', () => {
    const { setTasks, setOutgoing, awaited } = start([earlier]);
    setOutgoing([request('two'), request('one')]);
    setTasks([arrived, earlier]);
    expect(awaited()).toEqual(['two']);
  });

  it('takes neither a task of other words nor what older pages bring', () => {
    const { setTasks, setOutgoing, awaited } = start([taskData({ id: 'known', prompt: 'A hill' })]);
    setOutgoing([request('one')]);
    setTasks([
      taskData({ id: 'other', prompt: 'A vase' }),
      taskData({ id: 'known', prompt: 'A hill' }),
      earlier,
    ]);
    expect(awaited()).toEqual(['one']);
  });
});
