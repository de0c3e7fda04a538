import { createRoot, createSignal } from 'solid-js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { settled } from '../testing/scripted-server.ts';
import { imageData, progressData, taskData } from '../testing/tasks.ts';
import type { Task } from '../api/task.ts';
import { createAnnouncements } from './following.ts';

function start(first: Partial<Task>) {
  const said: string[] = [];
  const [tasks, setTasks] = createSignal([taskData({ id: 'a', ...first })]);
  createRoot((dispose) => {
    onTestFinished(dispose);
    createAnnouncements({ tasks, codeOf: () => '31', announce: (text) => said.push(text) });
  });
  return { said, become: (changes: Partial<Task>) => setTasks([taskData({ id: 'a', ...changes })]) };
}

describe('announcements', () => {
  it('announce half done and the end, and no percent between', async () => {
    const { said, become } = start({ progress: progressData(10) });
    for (const percent of [20, 49, 50, 60, 99]) become({ progress: progressData(percent) });
    become({ status: 'SUCCESS', images: [imageData('1'), imageData('2')] });
    await settled();
    expect(said).toEqual(['Request 31 is half done.', 'Request 31 is done: 2 images.']);
  });

  it('announce why a task failed', async () => {
    const { said, become } = start({});
    become({ status: 'FAILED', refundedCredits: 4, failure: { code: 'PROVIDER_ERROR', retryable: true } });
    await vi.waitFor(() =>
      expect(said).toEqual(['Request 31 failed. Forge could not make this one. Your 4 credits are back.']),
    );
  });

  it('announce no task that had ended before the page was opened', async () => {
    const { said, become } = start({ status: 'SUCCESS' });
    become({ status: 'SUCCESS', version: 9 });
    await settled();
    expect(said).toEqual([]);
  });
});
