import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cache } from '../api/cache.ts';
import { createApi } from '../api/client.ts';
import { createDeletions, type Deletion } from './deletions.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';

const tasks = (count: number): Deletion[] =>
  Array.from({ length: count }, (_, index) => ({ mutation: 'deleteTask', id: `t${index}` }));

type Variables = Record<string, unknown>;

/** The response to a batch of which everything is deleted. */
const allDeleted = (variables: Variables) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, deletedId]) => [name, { __typename: 'P', deletedId }]),
  );

function start() {
  const { server, client } = createScriptedApi();
  const open = () => createDeletions({ client, storage: localStorage, viewerId: () => 'viewer-1' });
  const next = async () => {
    const request = await server.next('Deletions');
    return { ...request, succeed: () => request.answer(allDeleted(request.variables)) };
  };
  return { server, open, next };
}

describe('deletions', () => {
  beforeEach(() => localStorage.clear());
  afterEach(() => vi.useRealTimers());

  it('are sent in batches, two at a time, those of tasks and of images apart', async () => {
    const { server, open, next } = start();
    const left = open().send([...tasks(60), { mutation: 'deleteImage', id: 'i' }]);
    await settled();
    expect(server.log).toHaveLength(2);
    const first = await next();
    expect(Object.keys(first.variables)).toHaveLength(25);
    await first.succeed();
    expect(server.log).toHaveLength(3);
    await (await next()).succeed();
    const third = await next();
    expect(Object.keys(third.variables)).toHaveLength(10);
    await third.succeed();
    const images = await next();
    expect(images.variables).toEqual({ deleteImage0: 'i' });
    await images.succeed();
    expect(await left).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  it('that the server no longer has count as done, others are reported', async () => {
    const codes = [undefined, 'NOT_FOUND', 'INTERNAL'];
    const api = createApi({
      url: 'http://localhost/graphql',
      cache,
      fetch: async () =>
        Response.json({
          data: {
            deleteTask0: { __typename: 'P', deletedId: 't0' },
            deleteTask1: null,
            deleteTask2: null,
          },
          errors: codes.flatMap((code, index) =>
            code ? [{ message: code, path: [`deleteTask${index}`], extensions: { code } }] : [],
          ),
        }),
    });
    onTestFinished(api.dispose);
    const deletions = createDeletions({ ...api, storage: localStorage, viewerId: () => 'viewer-1' });
    expect(await deletions.send(tasks(3))).toEqual([{ mutation: 'deleteTask', id: 't2' }]);
    expect(deletions.stored()).toEqual([]);
  });

  it('end with the first batch that does not arrive', async () => {
    const { server, open, next } = start();
    const deletions = open();
    const left = deletions.send(tasks(100));
    await (await next()).succeed();
    await (await next()).drop();
    await (await next()).succeed();
    expect((await left).map(({ id }) => id)).toEqual(
      tasks(100)
        .slice(25)
        .map(({ id }) => id)
        .filter((_, index) => index < 25 || index >= 50),
    );
    expect(server.log).toHaveLength(3);
    expect(deletions.stored()).toEqual([]);
  });

  it('wait where the server asks for it', async () => {
    vi.useFakeTimers();
    const { server, open, next } = start();
    const left = open().send(tasks(1));
    await (await next()).refuse('RATE_LIMITED', { retryAfter: 7 });
    await vi.advanceTimersByTimeAsync(6_900);
    expect(server.log).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    await (await next()).succeed();
    expect(await left).toEqual([]);
  });

  it('are all sent when the page ends, and what did not arrive is left to the next page', async () => {
    const { server, open, next } = start();
    const deletions = open();
    const left = deletions.send(tasks(100));
    deletions.flush();
    await settled();
    expect(server.log).toHaveLength(4);
    await (await next()).succeed();
    for (const _ of [1, 2, 3]) await (await next()).drop();
    // There is no page to say so.
    expect(await left).toEqual([]);
    expect(open().stored()).toEqual(tasks(100).slice(25));
    const others = createDeletions({
      ...createScriptedApi(),
      storage: localStorage,
      viewerId: () => 'viewer-2',
    });
    expect(others.stored()).toEqual([]);
  });

  it('that are stored in another form are ignored', () => {
    const { open } = start();
    for (const text of ['{', '[]', 'null', '{"deleteTask":5}', '{"deleteTask":[7]}']) {
      localStorage.setItem('proofsheet.deletions.viewer-1', text);
      expect(open().stored()).toEqual([]);
    }
  });
});
