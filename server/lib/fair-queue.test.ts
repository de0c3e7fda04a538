import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createFairQueue, type JobOptions, QueueFull, type QueueOptions } from './fair-queue.ts';

type Lane = 'urgent' | 'normal';
const limits: QueueOptions<Lane> = {
  slots: 2,
  capacity: 10,
  smallWeight: 1,
  lanes: { urgent: { slots: 2 }, normal: { slots: 2 } },
};

/** A queue, and the names of its jobs in the order in which they start. Each runs until `finish` is called with its name. */
function createBench(options: Partial<QueueOptions<Lane>> = {}) {
  const queue = createFairQueue<Lane>({ ...limits, ...options });
  const started: string[] = [];
  const running = new Map<string, () => void>();
  return {
    started,
    add(name: string, job: Partial<JobOptions<Lane>> = {}) {
      const { promise, resolve } = Promise.withResolvers<string>();
      const work = () => {
        started.push(name);
        running.set(name, () => resolve(name));
        return promise;
      };
      const result = queue.run(work, { lane: 'normal', user: 'a', weight: 1, ...job });
      result.catch(() => {});
      return result;
    },
    async finish(name: string) {
      running.get(name)?.();
      await setImmediate();
    },
  };
}

describe('a fair queue', () => {
  it('starts no more jobs than it has slots, in order', async () => {
    const bench = createBench();
    for (const name of ['a', 'b', 'c', 'd']) void bench.add(name);
    await setImmediate();
    expect(bench.started).toEqual(['a', 'b']);
    await bench.finish('b');
    expect(bench.started).toEqual(['a', 'b', 'c']);
  });

  it('frees slot and capacity when the work fails', async () => {
    const queue = createFairQueue<Lane>({ ...limits, slots: 1, capacity: 1 });
    const job = { lane: 'normal', user: 'a', weight: 1 } as const;
    await expect(queue.run(() => Promise.reject(new Error('broken')), job)).rejects.toThrow('broken');
    const broken = () => {
      throw new Error('broken at once');
    };
    await expect(queue.run(broken, job)).rejects.toThrow('broken at once');
    expect(await queue.run(() => Promise.resolve('fine'), job)).toBe('fine');
  });

  it('lets users take turns, whatever one of them has waiting', async () => {
    const bench = createBench({ slots: 1 });
    for (const name of ['a1', 'a2', 'a3', 'a4']) void bench.add(name);
    void bench.add('b1', { user: 'b' });
    void bench.add('c1', { user: 'c' });
    void bench.add('b2', { user: 'b' });
    await setImmediate();
    for (let index = 0; index < 7; index += 1) await bench.finish(bench.started.at(-1)!);
    expect(bench.started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('starts an urgent lane first, and reserves for it what another lane may not take', async () => {
    const bench = createBench({ slots: 3, lanes: { urgent: { slots: 3 }, normal: { slots: 2 } } });
    for (const name of ['n1', 'n2', 'n3']) void bench.add(name);
    void bench.add('u1', { lane: 'urgent', user: 'b' });
    void bench.add('u2', { lane: 'urgent', user: 'b' });
    await setImmediate();
    expect(bench.started).toEqual(['n1', 'n2', 'u1']);
    await bench.finish('n1');
    expect(bench.started).toEqual(['n1', 'n2', 'u1', 'u2']);
  });

  it('holds one user to the slots that a user may have', async () => {
    const bench = createBench({ lanes: { urgent: { slots: 2 }, normal: { slots: 2, slotsPerUser: 1 } } });
    for (const name of ['a1', 'a2']) void bench.add(name);
    void bench.add('b1', { user: 'b' });
    await setImmediate();
    expect(bench.started).toEqual(['a1', 'b1']);
  });

  it('lets only a small job pass one that waits for capacity', async () => {
    const bench = createBench({ slots: 3, lanes: { urgent: { slots: 3 }, normal: { slots: 3 } } });
    void bench.add('heavy', { weight: 8 });
    void bench.add('whole', { user: 'b', weight: 50 });
    void bench.add('medium', { user: 'c', weight: 2 });
    void bench.add('small', { user: 'd' });
    await setImmediate();
    expect(bench.started).toEqual(['heavy', 'small']);
    await bench.finish('heavy');
    expect(bench.started).toEqual(['heavy', 'small', 'whole']);
    await bench.finish('small');
    expect(bench.started).toEqual(['heavy', 'small', 'whole', 'medium']);
  });

  // Fails if the heaviest job needs all of the capacity, which small jobs keep taking.
  it('starts the heaviest job although small ones keep coming', async () => {
    const queue = createFairQueue<Lane>({
      ...limits,
      slots: 3,
      lanes: { urgent: { slots: 2 }, normal: { slots: 2 } },
    });
    let [isStarted, left] = [false, 1_000];
    const keepAdding = async (user: string) => {
      while (!isStarted && left-- > 0)
        await queue.run(() => setImmediate(), { lane: 'normal', user, weight: 1 });
    };
    const smallJobs = ['a', 'b'].map(keepAdding);
    await setImmediate();
    await queue.run(async () => (isStarted = true), { lane: 'urgent', user: 'c', weight: 50 });
    await Promise.all(smallJobs);
    expect(left).toBeGreaterThan(0);
  });

  it('refuses at once what may not wait, of one user and in all', async () => {
    const normal = { slots: 1, maxWaiting: 3, maxWaitingPerUser: 2 };
    const bench = createBench({ lanes: { urgent: { slots: 1 }, normal } });
    for (const name of ['a1', 'a2', 'a3']) void bench.add(name);
    await expect(bench.add('a4')).rejects.toBeInstanceOf(QueueFull);
    void bench.add('b1', { user: 'b' });
    await expect(bench.add('c1', { user: 'c' })).rejects.toBeInstanceOf(QueueFull);
    for (const name of ['a1', 'a2', 'b1', 'a3']) await bench.finish(name);
    expect(bench.started).toEqual(['a1', 'a2', 'b1', 'a3']);
    expect(await Promise.race([bench.add('a5'), Promise.resolve('starts')])).toBe('starts');
  });

  it('drops an aborted job, and keeps the turn of its user', async () => {
    const bench = createBench({ slots: 1 });
    const abort = new AbortController();
    void bench.add('a1');
    const gone = bench.add('b1', { user: 'b', signal: abort.signal });
    void bench.add('b2', { user: 'b' });
    void bench.add('c1', { user: 'c' });
    abort.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    await expect(bench.add('late', { signal: abort.signal })).rejects.toThrow('gone');
    await bench.finish('a1');
    await bench.finish('b2');
    expect(bench.started).toEqual(['a1', 'b2', 'c1']);
  });

  it('lets a heavy job start once an aborted one no longer waits before it', async () => {
    const bench = createBench();
    const abort = new AbortController();
    void bench.add('heavy', { weight: 8 });
    void bench.add('aborted', { user: 'b', weight: 9, signal: abort.signal });
    void bench.add('medium', { user: 'c', weight: 2 });
    await setImmediate();
    expect(bench.started).toEqual(['heavy']);
    abort.abort();
    await setImmediate();
    expect(bench.started).toEqual(['heavy', 'medium']);
  });
});
