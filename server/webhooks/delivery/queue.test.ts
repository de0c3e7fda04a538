import { describe, expect, it } from 'vitest';
import { v7 as uuid } from 'uuid';
import { openTaskStore } from '../../../tests/support/tasks.ts';
import type { WebhookEvent } from '../../generated/prisma/client.ts';
import { createWebhookQueue } from './queue.ts';

const { database, store, accepted, acceptFor } = await openTaskStore();
const { prisma } = database;
const queue = createWebhookQueue(database);
const url = 'https://hooks.example/';

async function addEndpoint(userId: string, events: WebhookEvent[] = ['TASK_COMPLETED']): Promise<string> {
  const id = uuid();
  await prisma.webhookEndpoint.create({
    data: { id, userId, url, events, secret: '' },
  });
  return id;
}

/** A user with an endpoint for both events, which is the only endpoint. `claim` leases one delivery. */
async function userWithEndpoint() {
  await prisma.webhookEndpoint.deleteMany();
  const { userId, task } = await accepted(100);
  const endpointId = await addEndpoint(userId, ['TASK_COMPLETED', 'TASK_UPDATED']);
  const running = Array.from({ length: 3 }, () => ({ endpointId, userId, isFailing: false }));
  const claim = async (leaseMs = 60_000) => {
    const claimed = await queue.claim({ running, leaseMs });
    expect(claimed.length).toBeLessThanOrEqual(1);
    return claimed[0];
  };
  const rows = () => prisma.outgoingWebhook.findMany({ where: { endpointId }, orderBy: { number: 'asc' } });
  return { userId, task, endpointId, claim, rows };
}

const ended = { status: 'CANCELED', refundCredits: 2 } as const;

describe('the outbox', () => {
  it('has each state that a client can see, the newest of those not sent, and the end once', async () => {
    const { task, claim, rows } = await userWithEndpoint();
    const leased = (await store.claimOne(task, 'node', 60_000))!;
    expect(await rows()).toEqual([]);
    const started = (await store.change(leased, { status: 'PROCESSING', startedAt: new Date() }))!;
    await claim();
    await store.renewLeases('node', [task.id], 60_000);
    const slower = (await store.change(started, { progressPercent: 10 }))!;
    const faster = (await store.change(slower, { progressPercent: 20, providerAnswer: { key: 'x' } }))!;
    const quiet = (await store.change(faster, { unansweredPolls: 1 }))!;
    expect((await rows()).map(({ event, snapshot }) => [event, snapshot])).toMatchObject([
      ['TASK_UPDATED', { version: started.version, status: 'PROCESSING', model: task.model }],
      ['TASK_UPDATED', { version: faster.version, progressPercent: 20 }],
    ]);
    await claim();
    await store.settle(quiet, ended);
    const all = await rows();
    expect(all.map(({ event, taskId }) => [event, taskId])).toEqual([
      ['TASK_UPDATED', task.id],
      ['TASK_UPDATED', task.id],
      ['TASK_COMPLETED', task.id],
    ]);
    expect(all[1]?.snapshot).toMatchObject({ status: 'CANCELED', version: quiet.version + 1 });
    expect(JSON.stringify(all.map(({ snapshot }) => snapshot))).not.toMatch(
      /providerAnswer|leaseOwner|prompt/,
    );
  });

  it('has only the events that the endpoint wants, and none while it is disabled', async () => {
    const { userId } = await accepted(100);
    const wanted = await addEndpoint(userId);
    const disabled = await addEndpoint(userId);
    await prisma.webhookEndpoint.update({ where: { id: disabled }, data: { enabled: false } });
    const task = await acceptFor(userId);
    await store.settle(task, ended);
    expect(await prisma.outgoingWebhook.findMany({ where: { taskId: task.id } })).toMatchObject([
      { endpointId: wanted, event: 'TASK_COMPLETED', status: 'PENDING', attempts: 0 },
    ]);
  });

  it('is empty again once the endpoint or its user is deleted', async () => {
    const { userId, endpointId } = await userWithEndpoint();
    await acceptFor(userId);
    await prisma.user.delete({ where: { id: userId } });
    expect(await prisma.outgoingWebhook.count({ where: { endpointId } })).toBe(0);
  });
});

describe('a claim', () => {
  it('leases a delivery to one node, and again where the lease has expired', async () => {
    const { userId, claim } = await userWithEndpoint();
    await acceptFor(userId);
    const claims = await Promise.all([claim(-1), claim(-1)]);
    const [first] = claims.filter((each) => each !== undefined);
    expect(first).toMatchObject({ event: 'TASK_UPDATED', userId, attempts: expect.any(Number) });
    const again = (await claim())!;
    expect(again.id).toBe(first!.id);
    expect(await claim()).toBeUndefined();
    // The node whose lease expired writes nothing.
    await queue.recordFailure(first!, { responseStatus: 500, retryDelayMs: null });
    await queue.recordSuccess(again, 200);
    await queue.recordFailure(again, { responseStatus: 500, retryDelayMs: null });
    expect(await prisma.outgoingWebhook.findUnique({ where: { id: again.id } })).toMatchObject({
      status: 'DELIVERED',
      responseStatus: 200,
      nextAttemptAt: null,
      failures: 0,
    });
  });

  it('passes over a delivery while an earlier one of its task is pending', async () => {
    const { task, userId, claim, rows } = await userWithEndpoint();
    await store.settle(task, ended);
    const update = (await claim())!;
    expect(update.event).toBe('TASK_UPDATED');
    expect(await claim()).toBeUndefined();
    await queue.recordFailure(update, { responseStatus: null, retryDelayMs: 60_000 });
    const [retried, waiting] = await rows();
    expect(waiting?.nextAttemptAt).toEqual(retried?.nextAttemptAt);
    expect(await claim()).toBeUndefined();
    const other = await acceptFor(userId);
    expect(await claim()).toMatchObject({ taskId: other.id });
    expect(await queue.repeat(userId, update.id)).toMatchObject({ status: 'PENDING', failures: 0 });
    await queue.recordSuccess((await claim())!, 204);
    expect(await claim()).toMatchObject({ taskId: task.id, event: 'TASK_COMPLETED' });
  });
});

describe('an endpoint', () => {
  const failingFor = (id: string, days: number) =>
    prisma.$executeRaw`UPDATE "WebhookEndpoint" SET "failingSince" = now() - ${days}::int * interval '1 day' WHERE "id" = ${id}`;
  const state = (id: string) => prisma.webhookEndpoint.findUniqueOrThrow({ where: { id } });

  it('is disabled after three days of failures without a success between them', async () => {
    const { userId, endpointId, rows } = await userWithEndpoint();
    await acceptFor(userId);
    expect(await queue.recordEndpointFailure({ endpointId, url }, false)).toBe(false);
    expect((await state(endpointId)).failingSince).toBeInstanceOf(Date);
    await failingFor(endpointId, 2);
    expect(await queue.recordEndpointFailure({ endpointId, url }, false)).toBe(false);
    await queue.recordEndpointSuccess(endpointId);
    expect(await state(endpointId)).toMatchObject({ failingSince: null, enabled: true });
    await failingFor(endpointId, 3);
    expect(await queue.recordEndpointFailure({ endpointId, url }, false)).toBe(true);
    expect(await queue.recordEndpointFailure({ endpointId, url }, false)).toBe(false);
    expect(await state(endpointId)).toMatchObject({
      enabled: false,
      disabledReason: 'Every delivery has failed for 3 days.',
    });
    await queue.giveUp(endpointId);
    expect(await rows()).toMatchObject([{ status: 'FAILED', nextAttemptAt: null }]);
  });

  // Turns red where the time without attempts counts as failing.
  it('is not disabled by two failures with three days of quiet between them', async () => {
    const { endpointId } = await userWithEndpoint();
    const fail = () => queue.recordEndpointFailure({ endpointId, url }, false);
    const passHours = (hours: number) => prisma.$executeRaw`
      UPDATE "WebhookEndpoint" SET "failingSince" = "failingSince" - ${hours}::int * interval '1 hour',
        "lastFailureAt" = "lastFailureAt" - ${hours}::int * interval '1 hour'`;
    await fail();
    await passHours(80);
    expect(await fail()).toBe(false);
    // From here on an attempt comes as late as the schedule allows.
    for (let hours = 0; hours + 9 < 72; hours += 9) {
      await passHours(9);
      expect(await fail()).toBe(false);
    }
    await passHours(9);
    expect(await fail()).toBe(true);
  });
});
