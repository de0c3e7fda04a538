import { describe, expect, it } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';

const { store, accepted } = await openTaskStore();

const all = { limit: 1_000, providers: ['scripted'] };
const failed = { status: 'FAILED', failureCode: 'PROVIDER_ERROR', refundCredits: 2 } as const;

describe('claim', () => {
  it('leases a due task to one node, and fences off the one before it', async () => {
    const { task } = await accepted();
    const [byA, byB] = await Promise.all(
      ['a', 'b'].map((node) => store.claim(node, { ...all, leaseMs: 60_000 })),
    );
    const claims = [...byA!, ...byB!].filter(({ id }) => id === task.id);
    expect(claims).toHaveLength(1);
    expect(claims[0]).toMatchObject({ version: 2, prompt: 'A lighthouse', options: { count: 1 } });
    expect(claims[0]?.createdAt).toBeInstanceOf(Date);
    expect(await store.change(task, { progressPercent: 10 })).toBeNull();
    expect(await store.settle(task, failed)).toBeNull();
    expect(await store.change(claims[0]!, { progressPercent: 10 })).toMatchObject({
      version: 3,
      progressPercent: 10,
    });
  });

  it('leases an expired lease again', async () => {
    const { task } = await accepted();
    await store.claim('a', { ...all, leaseMs: -1 });
    const again = await store.claim('b', { ...all, leaseMs: 60_000 });
    expect(again.find(({ id }) => id === task.id)).toMatchObject({ leaseOwner: 'b', version: 3 });
  });

  it('takes a task to submit before one to poll, unless that is due for much longer', async () => {
    const options = { limit: 1, leaseMs: 60_000, providers: ['ordered'] };
    const toPoll = async (dueForMs: number) => {
      const { task } = await accepted(20, { provider: 'ordered' });
      const dueAt = new Date(Date.now() - dueForMs);
      await store.change(task, { operation: { id: 'op' }, dueAt });
      return task.id;
    };
    const { task } = await accepted(20, { provider: 'ordered' });
    const dueAt = new Date(Date.now() - 60_000);
    await store.change(task, { dueAt });
    const [late, later] = [await toPoll(63_000), await toPoll(70_000)];
    for (const id of [later, task.id, late])
      expect((await store.claim('a', options)).map((claimed) => claimed.id)).toEqual([id]);
    expect(await store.claim('a', options)).toEqual([]);
  });

  it('is renewed where the node holds it', async () => {
    const { task } = await accepted();
    const { task: other } = await accepted();
    await store.claim('renewing', { ...all, leaseMs: 60_000 });
    await store.change({ id: other.id, version: 2 }, { leaseOwner: 'another' });
    expect(await store.renewLeases('renewing', [task.id, other.id], 120_000)).toEqual([task.id]);
    const renewed = (await store.find(task.id))!;
    expect(renewed.version).toBe(2);
    expect(renewed.leaseExpiresAt!.getTime()).toBeGreaterThan(Date.now() + 90_000);
  });

  it('is released once: a repeated or late write, whose answer was lost, changes nothing', async () => {
    const { task } = await accepted();
    const claims = await store.claim('a', { ...all, leaseMs: 60_000 });
    const claimed = claims.find(({ id }) => id === task.id)!;
    const dueAt = new Date(Date.now() + 1_000);
    expect(await store.releaseLease(claimed, dueAt)).toBe(true);
    expect(await store.releaseLease(claimed, new Date(Date.now() + 9_000))).toBe(false);
    expect(await store.renewLeases('a', [task.id], 60_000)).toEqual([]);
    expect(await store.find(task.id)).toMatchObject({
      leaseOwner: null,
      leaseExpiresAt: null,
      dueAt,
      version: 2,
    });
  });
});

describe('spreadPolls', () => {
  it('moves due polls in their order, but no submission and nothing that is leased', async () => {
    const provider = 'spread';
    const dueFor = async (seconds: number, changes: object) => {
      const { task } = await accepted(20, { provider });
      return (await store.change(task, { ...changes, dueAt: new Date(Date.now() - seconds * 1_000) }))!;
    };
    const operation = { id: 'op' };
    const polls = [
      await dueFor(3, { operation }),
      await dueFor(9, { operation }),
      await dueFor(6, { operation }),
    ];
    const submission = await dueFor(5, {});
    const leased = await dueFor(4, { operation });
    await store.claimOne(leased, 'a', 60_000);
    const later = await dueFor(-600, { operation });
    const spread = { delayMs: 60_000, slotMs: 20_000, withinMs: 30_000, limit: 100 };
    expect(await store.spreadPolls(provider, spread)).toBe(3);
    const [third, first, second] = await Promise.all(
      polls.map(async ({ id }) => (await store.find(id))!.dueAt!.getTime()),
    );
    expect(first! - Date.now()).toBeGreaterThan(50_000);
    expect([second! - first!, third! - first!]).toEqual([10_000, 20_000]);
    for (const { id, dueAt, version } of [submission, later, polls[0]!])
      expect(await store.find(id)).toMatchObject({ version, ...(id !== polls[0]!.id && { dueAt }) });
    expect((await store.find(leased.id))?.dueAt).toEqual(leased.dueAt);
    expect(await store.spreadPolls(provider, spread)).toBe(0);
  });

  it('is for providers whose tasks are not claimed to be polled, only to be submitted', async () => {
    const provider = 'held';
    const { task: submission } = await accepted(20, { provider });
    const { task } = await accepted(20, { provider });
    const poll = (await store.change(task, { operation: { id: 'op' } }))!;
    const options = { limit: 10, providers: [provider], leaseMs: 60_000 };
    const claim = async (held: string[]) =>
      (await store.claim('a', { ...options, held })).map(({ id }) => id);
    expect(await claim([provider])).toEqual([submission.id]);
    expect(await claim([])).toEqual([poll.id]);
  });
});

describe('nextWork', () => {
  const next = (running: string[] = []) => store.nextWork(['looked for'], running);

  it('names the next due task that no node has leased', async () => {
    expect((await next()).dueInMs).toBeNull();
    const { task } = await accepted(20, { provider: 'looked for' });
    expect((await next()).dueInMs).toBeLessThanOrEqual(0);
    expect((await next([task.id])).dueInMs).toBeNull();
    await accepted(20, { provider: 'another' });
    const claimed = (await store.claimOne(task, 'a', 60_000))!;
    expect((await next()).dueInMs).toBeNull();
    await store.releaseLease(claimed, new Date(Date.now() + 60_000));
    expect((await next()).dueInMs).toBeGreaterThan(30_000);
  });

  it('names the first deadline, and whether a cancel is due at one of the providers', async () => {
    const { task } = await accepted(20, { provider: 'looked for', timeoutMs: -600_000 });
    expect(await next()).toMatchObject({ isCancelDue: false });
    expect((await next()).overdueInMs).toBeLessThan(-300_000);
    const running = (await store.change(task, { operation: { id: 'op' } }))!;
    await store.settle(running, { ...failed, cancelUpstream: true });
    expect((await next()).overdueInMs).toBeGreaterThan(-300_000);
    expect(await next()).toMatchObject({ isCancelDue: true });
    expect(await store.nextWork(['another'], [])).toMatchObject({ isCancelDue: false });
  });
});

describe('countRunning', () => {
  it('counts a young task as a part of another', async () => {
    const start = async (changes: object) => {
      const { task } = await accepted(20, { provider: 'young', expectedDurationMs: 600_000 });
      await store.change(task, { operation: { id: 'op' }, ...changes });
    };
    for (let index = 0; index < 4; index += 1) await start({});
    expect(await store.countRunning('young')).toBe(1);
    await start({ startedAt: new Date(Date.now() - 400_000) });
    expect(await store.countRunning('young')).toBe(2);
  });

  it('counts the tasks that the provider works on', async () => {
    const { task } = await accepted(20, { provider: 'counted' });
    await accepted(20, { provider: 'counted' });
    expect(await store.countRunning('counted')).toBe(0);
    const running = (await store.change(task, { operation: { id: 'op' } }))!;
    expect(await store.countRunning('counted')).toBe(1);
    await store.settle(running, failed);
    expect(await store.countRunning('counted')).toBe(0);
  });
});

describe('overdue', () => {
  it('finds tasks past their deadline, leased or not', async () => {
    const { task } = await accepted(20, { timeoutMs: -1 });
    await store.claim('a', { ...all, leaseMs: 60_000 });
    expect((await store.overdue({ ...all, except: [] })).map(({ id }) => id)).toContain(task.id);
  });
});
