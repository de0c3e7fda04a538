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
