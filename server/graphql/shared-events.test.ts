import { on, once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { AppError } from '../lib/errors.ts';
import { publicError } from './public-error.ts';
import { shareEvents } from './shared-events.ts';
import { serveSockets } from '../../tests/support/graphql-sockets.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

interface Event {
  count: number;
  isBroken?: boolean;
}

/** A server whose subscription `event` follows what is published, and the executions of its field `count`. */
async function startServer() {
  const readers = new Set<(event: Event) => void>();
  const executions: { viewer: string | null; count: number }[] = [];
  /** The context of each execution that takes a while. */
  const running: object[] = [];
  const schema = createSchema<{ viewer: { id: string | null }; headers: Headers }>({
    typeDefs: `
      type Query { none: Int }
      type Subscription { event(step: Int): Event, planned: Event }
      type Event { count: Int!, text: String, later: String, step: Int }
    `,
    resolvers: {
      Subscription: {
        event: {
          subscribe: () => follow(readers),
          resolve: (event: Event, { step }: { step?: number }) => ({ ...event, step }),
        },
        planned: { subscribe: () => follow(readers), resolve: (event: Event) => event },
      },
      Event: {
        count: ({ count, isBroken }: Event, _: unknown, { viewer }) => {
          executions.push({ viewer: viewer.id, count });
          if (isBroken) throw new AppError('INVALID_INPUT', 'It is broken.');
          return count;
        },
        text: () => 'text',
        later: async (_: Event, __: unknown, context: object) => {
          running.push(context);
          await new Promise(setImmediate);
          return 'later';
        },
      },
    },
  });
  const fileUrl = (url: string) => url;
  const contexts: WeakRef<object>[] = [];
  const watchContexts: Plugin = {
    onSubscribe: ({ args }) => void contexts.push(new WeakRef(args.contextValue as object)),
  };
  const yoga = createYoga({
    schema: schema as never,
    logging: false,
    maskedErrors: { maskError: (error) => publicError(error, log), errorMessage: '' },
    plugins: [watchContexts, shareEvents((error) => publicError(error, log))],
    context: ({ headers }: { headers: Headers }) => ({
      viewer: { id: headers.get('x-api-key') },
      fileUrl,
    }),
  });
  const { url } = await serveSockets((context) => yoga.getEnveloped(context));

  /** A socket that has got the first event, which is published for it. */
  async function subscribe(id: string, query: string, { viewer = 'viewer', variables = {} } = {}) {
    const client = new WebSocket(url, 'graphql-transport-ws');
    onTestFinished(() => client.terminate());
    const inbox = on(client, 'message', { close: ['close'] });
    await once(client, 'open');
    const next = async () => String(((await inbox.next()).value as [Buffer])[0]);
    client.send(JSON.stringify({ type: 'connection_init', payload: { apiKey: viewer } }));
    await next();
    const before = readers.size;
    client.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));
    await expect.poll(() => readers.size).toBe(before + 1);
    return next;
  }
  const publish = (event: Event) => readers.forEach((read) => read(event));
  return { subscribe, publish, executions, running, contexts };
}

/** Events as they are published; one that comes before the last was read waits. */
async function* follow(readers: Set<(event: Event) => void>) {
  const waiting: Event[] = [];
  let wake = () => {};
  const read = (event: Event) => {
    waiting.push(event);
    wake();
  };
  readers.add(read);
  try {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift()!;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    readers.delete(read);
  }
}

const query = 'subscription ($step: Int) { event(step: $step) { count text } }';

it('executes and serializes an event once for equal subscribers, whose frames differ by the id only', async () => {
  const { subscribe, publish, executions } = await startServer();
  const ids = Array.from({ length: 20 }, (_, index) => `id ${index}"`);
  const readers: Awaited<ReturnType<typeof subscribe>>[] = [];
  for (const id of ids) readers.push(await subscribe(id, query));
  for (const count of [1, 2, 3]) {
    publish({ count });
    const frames = await Promise.all(readers.map((next) => next()));
    const payload = `{"data":{"event":{"count":${count},"text":"text"}}}`;
    expect(frames).toEqual(
      ids.map((id) => `{"id":${JSON.stringify(id)},"type":"next","payload":${payload}}`),
    );
  }
  expect(executions.map(({ count }) => count)).toEqual([1, 2, 3]);
});

it('executes for each document, for other variables and for each viewer', async () => {
  const { subscribe, publish, executions } = await startServer();
  const readers = [
    await subscribe('1', query),
    await subscribe('2', 'subscription { event { count } }'),
    await subscribe('3', query, { variables: { step: 1 } }),
    await subscribe('4', query, { viewer: 'other' }),
    await subscribe('5', query, { viewer: 'other' }),
  ];
  for (const count of [1, 2]) {
    publish({ count });
    const frames = await Promise.all(readers.map((next) => next()));
    expect(frames.map((frame) => frame.includes('"text"'))).toEqual([true, false, true, true, true]);
  }
  const viewers = executions.filter(({ count }) => count === 2).map(({ viewer }) => viewer);
  expect(viewers.toSorted()).toEqual(['other', 'viewer', 'viewer', 'viewer']);
});

it('gives executions that run at the same time contexts of their own, by which the fields of each are counted', async () => {
  const { subscribe, publish, running } = await startServer();
  const later = 'subscription ($step: Int) { event(step: $step) { later } }';
  const readers = [];
  for (const step of [1, 2, 3]) readers.push(await subscribe(String(step), later, { variables: { step } }));
  for (const count of [1, 2]) {
    publish({ count });
    await Promise.all(readers.map((next) => next()));
    expect(new Set(running.splice(0)).size).toBe(3);
  }
});

it('masks the errors of a later event, and goes on', async () => {
  const { subscribe, publish } = await startServer();
  const readers = [await subscribe('1', query), await subscribe('2', query)];
  const seen: unknown[] = [];
  for (const event of [{ count: 1 }, { count: 2, isBroken: true }, { count: 3 }]) {
    publish(event);
    for (const next of readers) seen.push((JSON.parse(await next()) as { payload: unknown }).payload);
  }
  const failed = {
    data: { event: null },
    errors: [expect.objectContaining({ message: 'It is broken.', extensions: { code: 'INVALID_INPUT' } })],
  };
  const at = (count: number) => ({ data: { event: { count, text: 'text' } } });
  expect(seen).toEqual([at(1), at(1), failed, failed, at(3), at(3)]);
});

// Turns red where operations that share a plan share the variables of one of them, or the fields that theirs select.
it.each([
  'subscription ($step: Int) { event(step: $step) { step } }',
  'subscription ($step: Int, $isAll: Boolean = false) { event(step: $step) { step count @include(if: $isAll) } }',
])('answers each operation with its own variables: %s', async (query) => {
  const { subscribe, publish } = await startServer();
  const sent = [{ step: 1 }, { step: 2, isAll: true }, { step: 3 }, { step: 2, isAll: true }];
  const readers: Awaited<ReturnType<typeof subscribe>>[] = [];
  for (const [index, variables] of sent.entries())
    readers.push(await subscribe(String(index), query, { variables }));
  for (const count of [1, 2]) {
    publish({ count });
    const frames = await Promise.all(readers.map((next) => next()));
    const events = frames.map((frame) => (JSON.parse(frame) as { payload: { data: unknown } }).payload.data);
    expect(events).toEqual(
      sent.map(({ step, isAll }) => ({
        event: { step, ...(isAll && query.includes('$isAll') && { count }) },
      })),
    );
  }
});

// Turns red where the socket, the library or what operations share holds the pipeline of a subscription: 30 KB for each.
it.each([query, 'subscription { planned { count text } }'])(
  'holds no context of a request once its subscription has begun: %s',
  async (query) => {
    const { subscribe, publish, contexts } = await startServer();
    const readers = [await subscribe('1', query), await subscribe('2', query, { viewer: 'other' })];
    for (const count of [1, 2]) {
      publish({ count });
      await Promise.all(readers.map((next) => next()));
    }
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = () => {
      collect();
      return contexts.filter((context) => context.deref()).length;
    };
    await expect.poll(held).toBe(0);
    expect(contexts).toHaveLength(2);
    publish({ count: 3 });
    expect((await Promise.all(readers.map((next) => next()))).join()).toContain('"count":3');
  },
);
