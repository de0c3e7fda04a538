/** A receiver that is down for an hour while tasks end. Time passes by shifting what the database has. */
import { expect, it } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';
import { systemClock } from '../../lib/clock.ts';
import type { GuardedFetch } from '../../lib/guarded-fetch.ts';
import { createWebhookQueue } from './queue.ts';
import type { SecretBox } from './secret-box.ts';
import { createWebhookWorker } from './worker.ts';

const { database, store, accepted, acceptFor } = await openTaskStore();
const { prisma } = database;
const queue = createWebhookQueue(database);
const log = { info() {}, warn() {}, error() {} };
const minuteMs = 60_000;

/** Runs a worker until nothing is due. */
async function sendDue(fetch: GuardedFetch): Promise<void> {
  const idle = Promise.withResolvers<void>();
  const worker = createWebhookWorker({
    queue: {
      ...queue,
      async claim(options) {
        const claimed = await queue.claim(options);
        if (claimed.length === 0 && worker.activeAttempts === 0) idle.resolve();
        return claimed;
      },
    },
    render: async (delivery) => ({ id: delivery.id, body: JSON.stringify(delivery) }),
    secretBox: { open: (sealed) => sealed } as SecretBox,
    fetch,
    clock: systemClock,
    countAttempt() {},
    log,
  });
  worker.start();
  await idle.promise;
  await worker.stop({ graceMs: 1_000 });
}

/** Moves the database's instants to the past, until the next retry is due or `maxMs` have passed. @returns the milliseconds */
async function passTime(maxMs: number): Promise<number> {
  const [next] = await prisma.$queryRaw<[{ ms: number | null }]>`
    SELECT ceil(1000 * extract(epoch FROM min("nextAttemptAt") - now()))::int AS "ms"
    FROM "OutgoingWebhook" WHERE "nextAttemptAt" > now()`;
  const ms = Math.min(maxMs, next.ms ?? maxMs);
  await prisma.$executeRaw`
    UPDATE "OutgoingWebhook" SET "nextAttemptAt" = "nextAttemptAt" - ${ms}::int * interval '1 millisecond'`;
  await prisma.$executeRaw`
    UPDATE "WebhookEndpoint" SET "failingSince" = "failingSince" - ${ms}::int * interval '1 millisecond',
      "lastFailureAt" = "lastFailureAt" - ${ms}::int * interval '1 millisecond'`;
  return ms;
}

// Turns red where an event is lost or overtaken, where a retry comes early or late, and where an hour disables an endpoint.
it('delivers what happened while the receiver was down, in order, as often attempted as scheduled', async () => {
  const attempts: string[] = [];
  const taken: { id: string; event: string; taskId: string; snapshot: { version: number } }[] = [];
  let nowMs = 0;
  const fetch: GuardedFetch = async (_, { post }) => {
    attempts.push(post!.headers['webhook-id']!);
    if (nowMs < 60 * minuteMs) throw new Error('Connection refused');
    taken.push(JSON.parse(post!.body) as (typeof taken)[number]);
    return { status: 204, bytes: new Uint8Array() };
  };
  const reach = async (minute: number) => {
    await sendDue(fetch);
    while (nowMs < minute * minuteMs) {
      nowMs += await passTime(minute * minuteMs - nowMs);
      await sendDue(fetch);
    }
  };
  const { userId } = await accepted(100);
  const endpoint = { id: 'down', userId, url: 'https://hooks.example/', secret: '' };
  await prisma.webhookEndpoint.create({ data: { ...endpoint, events: ['TASK_COMPLETED', 'TASK_UPDATED'] } });
  const tasks: Awaited<ReturnType<typeof acceptFor>>[] = [];
  const accept = async () => tasks.push(await acceptFor(userId));
  const end = () => store.settle(tasks.at(-1)!, { status: 'CANCELED', refundCredits: 2 });
  await accept();
  await reach(10);
  await end();
  for (const minute of [30, 59]) {
    await reach(minute);
    await accept();
    await end();
  }
  await reach(150);
  const attemptsOf = (id: string) => attempts.filter((each) => each === id).length;
  const arrivals = tasks.map((task) =>
    taken
      .filter(({ taskId }) => taskId === task.id)
      .map(({ id, event, snapshot }) => [event, snapshot.version - task.version, attemptsOf(id)]),
  );
  const ended = (updateAttempts: number) => [
    ['TASK_UPDATED', 1, updateAttempts],
    ['TASK_COMPLETED', 1, 1],
  ];
  // The updates are attempted after 0 and 5 s, 35 s, 3, 13, 43 and 103 min; the end of a task once its update has arrived.
  expect(arrivals).toEqual([[['TASK_UPDATED', 0, 7], ...ended(1)], ended(6), ended(4)]);
  expect(await prisma.outgoingWebhook.count({ where: { status: 'DELIVERED' } })).toBe(7);
  expect(await prisma.webhookEndpoint.count({ where: { enabled: true, failingSince: null } })).toBe(1);
});
