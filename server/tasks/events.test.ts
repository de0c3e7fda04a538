import { describe, expect, it } from 'vitest';
import { createLocalEvents } from './events.ts';
import type { TaskSnapshot } from './task.ts';

const state = (id: string, version: number, userId = 'u') => ({ id, version, userId }) as TaskSnapshot;

describe('createLocalEvents', () => {
  it('delivers to the task, to its owner, and to nobody else', async () => {
    const events = createLocalEvents();
    const byTask = events.subscribe({ taskId: 'a' });
    const byUser = events.subscribe({ userId: 'u' });
    const other = events.subscribe({ userId: 'v' });
    events.publish(state('a', 1));
    expect((await byTask.next()).value?.version).toBe(1);
    expect((await byUser.next()).value?.version).toBe(1);
    const pending = other.next();
    events.close();
    expect(await pending).toEqual({ done: true, value: undefined });
  });

  it('keeps the newest state of each task for a reader that lags', async () => {
    const events = createLocalEvents();
    const reader = events.subscribe({ userId: 'u' });
    for (let version = 1; version <= 10_000; version += 1)
      events.publish(state(version % 2 ? 'odd' : 'even', version));
    events.publish(state('odd', 3));
    expect((await reader.next()).value).toMatchObject({ id: 'odd', version: 9_999 });
    expect((await reader.next()).value).toMatchObject({ id: 'even', version: 10_000 });
    const nothingMore = reader.next();
    await reader.return?.();
    expect((await nothingMore).done).toBe(true);
  });

  it('forgets a reader that has returned', async () => {
    const events = createLocalEvents();
    const reader = events.subscribe({ taskId: 'a' });
    expect(events.subscriberCount).toBe(1);
    await reader.return?.();
    expect(events.subscriberCount).toBe(0);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });
});
