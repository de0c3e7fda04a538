/** What every fan-out must do. */
import { v7 as uuid } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { TaskEvents } from '../../../server/tasks/events.ts';
import type { TaskSnapshot } from '../../../server/tasks/store/snapshot.ts';

/** The parts of a snapshot that a fan-out must carry, dates among them. */
export function snapshot(changes: Partial<TaskSnapshot> = {}): TaskSnapshot {
  const createdAt = new Date('2026-01-31T12:00:00.000Z');
  const image = { id: 'i', createdAt } as TaskSnapshot['images'][number];
  const base = {
    id: uuid(),
    userId: uuid(),
    version: 1,
    createdAt,
    images: [image],
    referenceImages: [{ position: 0, image }],
  };
  return { ...base, operation: null, providerAnswer: null, ...changes } as TaskSnapshot;
}

/** `open` gives the events of two nodes, which may be one. */
export function describeEvents(
  name: string,
  open: () => Promise<{ a: TaskEvents; b: TaskEvents; close(): Promise<void> }>,
) {
  describe(`${name} as a fan-out`, () => {
    it('delivers on one node what was published on the other: to the task, to its owner, and to no other user', async () => {
      const { a, b, close } = await open();
      const task = snapshot();
      const byTask = b.subscribe({ taskId: task.id });
      const byUser = b.subscribe({ userId: task.userId });
      const other = b.subscribe({ userId: 'other' });
      a.publish(task);
      expect((await byTask.next()).value).toEqual(task);
      expect((await byUser.next()).value).toEqual(task);
      const pending = other.next();
      await close();
      expect(await pending).toEqual({ done: true, value: undefined });
    });

    it('keeps the newest state for a reader that lags, and never gives an older one after it', async () => {
      const { a, b, close } = await open();
      const task = snapshot();
      const reader = b.subscribe({ taskId: task.id });
      for (let version = 1; version <= 1_000; version += 1) a.publish({ ...task, version });
      const seen: number[] = [];
      while (seen.at(-1) !== 1_000) seen.push((await reader.next()).value!.version);
      expect(seen).toEqual(seen.toSorted((x, y) => x - y));
      await close();
    });

    it('forgets a reader that has returned', async () => {
      const { b, close } = await open();
      const reader = b.subscribe({ taskId: 'a' });
      expect(b.subscriberCount).toBe(1);
      await reader.return?.();
      expect(b.subscriberCount).toBe(0);
      expect(await reader.next()).toEqual({ done: true, value: undefined });
      await close();
    });
  });
}
