import { describe, expect, it } from 'vitest';
import { createLocalEvents } from './events.ts';
import { describeEvents, snapshot } from '../../tests/support/conformance/task-events.ts';

describeEvents('This process', async () => {
  const events = createLocalEvents();
  return { a: events, b: events, close: async () => events.close() };
});

describe('a reader that stops', () => {
  it('costs one place for each task, however much is published', async () => {
    const events = createLocalEvents();
    const [odd, even] = [snapshot({ userId: 'u' }), snapshot({ userId: 'u' })];
    const reader = events.subscribe({ userId: 'u' });
    for (let version = 1; version <= 10_000; version += 1)
      events.publish({ ...(version % 2 ? odd : even), version });
    events.publish({ ...odd, version: 3 });
    expect((await reader.next()).value).toMatchObject({ id: odd.id, version: 9_999 });
    expect((await reader.next()).value).toMatchObject({ id: even.id, version: 10_000 });
    const nothingMore = reader.next();
    await reader.return?.();
    expect((await nothingMore).done).toBe(true);
  });
});

describe('a receiver', () => {
  /** Takes states, and is busy with each until it is freed. */
  const createReceiver = () => {
    const taken: number[] = [];
    let [hasEnded, free] = [false, () => {}];
    return {
      taken,
      hasEnded: () => hasEnded,
      free: () => free(),
      take({ version }: { version: number }) {
        taken.push(version);
        return new Promise<void>((resolve) => (free = resolve));
      },
      end: () => void (hasEnded = true),
    };
  };

  it('gets each state at once, while it is busy only the newest, and the end after the last', async () => {
    const events = createLocalEvents();
    const task = snapshot();
    const states = events.subscribe({ taskId: task.id }, { isLast: ({ version }) => version === 6 });
    events.publish(task);
    expect((await states.next()).value?.version).toBe(1);
    const receiver = createReceiver();
    states.pushTo(receiver);
    for (const version of [2, 3, 4]) events.publish({ ...task, version });
    expect(receiver.taken).toEqual([2]);
    receiver.free();
    await expect.poll(() => receiver.taken).toEqual([2, 4]);
    receiver.free();
    await new Promise(setImmediate);
    events.publish({ ...task, version: 6 });
    expect(events.subscriberCount).toBe(0);
    // It is still busy with the last one.
    expect([receiver.taken, receiver.hasEnded()]).toEqual([[2, 4, 6], false]);
    receiver.free();
    await expect.poll(receiver.hasEnded).toBe(true);
  });

  it('gets the states that waited for it, in the order of their tasks', async () => {
    const events = createLocalEvents();
    const [first, second, third] = [1, 2, 3].map((version) => snapshot({ userId: 'u', version }));
    const states = events.subscribe({ userId: 'u' });
    for (const task of [first!, second!, third!]) events.publish(task);
    await states.next();
    const taken: number[] = [];
    states.pushTo({ take: ({ version }) => void taken.push(version), end: () => {} });
    expect(taken).toEqual([2, 3]);
    await states.return();
  });
});
