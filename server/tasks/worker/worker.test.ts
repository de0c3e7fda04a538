import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/databases.ts';
import { createPictureProcessor } from '../../images/pictures/picture-processor.ts';
import { createImageService, type ImageService } from '../../images/service.ts';
import type { StoredImage } from '../../images/stored-files.ts';
import type { Image } from '../../generated/prisma/client.ts';
import { GenerationError, type GenerationState, type ImageProvider } from '../../providers/provider.ts';
import { createLocalStorage } from '../../storage/local.ts';
import { createLocalEvents } from '../events.ts';
import type { NewTask } from '../store/accept.ts';
import { createTaskStore, type TaskStore } from '../store/store.ts';
import type { TaskSnapshot } from '../store/snapshot.ts';
import { isFinal, progressOf } from '../task.ts';
import { addUser, balances, createScriptedProvider, newTask } from '../../../tests/support/tasks.ts';
import { createUpstreamCancels } from '../store/upstream-cancels.ts';
import { createCanceler } from './cancel.ts';
import { createSteps } from './steps.ts';
import { createWorker, type Worker } from './worker.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const pictures = createPictureProcessor();
const workers: Worker[] = [];
const events = createLocalEvents();
let folder: string;
let database: TestDatabase;
let store: TaskStore;
let images: ImageService;
let picture: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  database = await openTestDatabase();
  store = createTaskStore(database);
  const storage = createLocalStorage({ folder, baseUrl: 'http://localhost/files', secret: 's' });
  images = createImageService({
    prisma: database.prisma,
    storage,
    ownPrefix: async () => 'test',
    pictures,
    downloadUrl: () => '',
    maxUploadBytes: 1e6,
    maxStoredBytes: 1e9,
    log,
  });
  picture = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
});
afterEach(stopWorkers);
afterAll(async () => {
  events.close();
  pictures.close();
  await database.close();
  await rm(folder, { recursive: true });
});

async function stopWorkers(): Promise<void> {
  await Promise.all(workers.splice(0).map((worker) => worker.stop({ graceMs: 5_000 })));
}

const image = () => ({ read: async () => new Uint8Array(picture) });
const running = (changes: Partial<Extract<GenerationState, { status: 'running' }>> = {}) =>
  ({ status: 'running', operation: { id: 'op' }, started: true, ...changes }) as const;
const succeeded = (count = 1): GenerationState => ({
  status: 'succeeded',
  images: Array.from({ length: count }, image) as never,
});
/** Made, and the host of the picture cannot be reached. */
const unreachable = (): GenerationState => ({
  status: 'succeeded',
  images: [{ read: () => Promise.reject(new GenerationError('PROVIDER_UNAVAILABLE')) }],
});
const failed = (failure: Extract<GenerationState, { status: 'failed' }>['failure']): GenerationState => ({
  status: 'failed',
  failure,
});

interface WorkOptions {
  leaseMs?: number;
  idleMs?: number;
  /** Members of the store that differ from the real ones. */
  differences?: Partial<TaskStore>;
  storeImage?: ImageService['store'];
  prepare?: ImageService['prepare'];
  findOwn?: ImageService['findOwn'];
  /** What the provider goes by; default `scripted`. */
  name?: string;
}

function work(
  provider: ImageProvider,
  {
    differences,
    storeImage = images.store,
    prepare = images.prepare,
    findOwn = images.findOwn,
    name = 'scripted',
    ...options
  }: WorkOptions = {},
): Worker {
  const { clock } = database;
  const providers = { [name]: provider };
  const canceler = createCanceler({ providers, cancels: createUpstreamCancels(database), log });
  const steps = createSteps({
    providers,
    images: { ...images, store: storeImage, prepare, findOwn },
    clock,
    store: { ...store, ...differences },
    canceler,
    pollIntervalMs: 10,
    log,
  });
  const worker = createWorker({
    store: { ...store, ...differences },
    events,
    clock,
    steps,
    canceler,
    providers: [name],
    node: `node-${workers.length}`,
    concurrency: 8,
    log,
    idleMs: 20,
    ...options,
  });
  workers.push(worker);
  worker.start();
  return worker;
}

async function accept(changes: Partial<NewTask> = {}) {
  const userId = await addUser(database.prisma, 20);
  const task = newTask(userId, changes);
  const states = events.subscribe({ taskId: task.id });
  await store.accept(task);
  return { userId, task, states };
}

/** Every published state up to the final one. */
async function toTheEnd(states: AsyncIterable<TaskSnapshot>): Promise<TaskSnapshot[]> {
  const seen: TaskSnapshot[] = [];
  for await (const state of states) {
    seen.push(state);
    if (isFinal(state)) return seen;
  }
  throw new Error('The states ended before the task did');
}

async function outcome(provider: ImageProvider, changes: Partial<NewTask> = {}, options: WorkOptions = {}) {
  await stopWorkers();
  const { userId, task, states } = await accept(changes);
  work(provider, options);
  const seen = await toTheEnd(states);
  return { task, seen, last: seen.at(-1)!, balance: await balances(database.prisma, userId) };
}

describe('the worker', () => {
  it('submits once, follows, keeps the picture and tells every step in rising versions', async () => {
    const { provider, calls } = createScriptedProvider({
      start: [() => running({ started: false, externalId: 'ext-1' })],
      poll: [() => running({ percent: 40 }), () => running({ percent: 20 }), () => succeeded()],
    });
    const { seen, last, balance } = await outcome(provider);
    expect(calls).toMatchObject({ start: 1, poll: 3 });
    expect(last).toMatchObject({
      status: 'SUCCESS',
      externalId: 'ext-1',
      images: [{ width: 64, height: 48, contentType: 'image/png' }],
    });
    expect(seen.map(({ version }) => version)).toEqual(
      seen.map(({ version }) => version).toSorted((a, b) => a - b),
    );
    expect(
      seen
        .map(({ progressPercent }) => progressPercent ?? 0)
        .filter((percent, index, all) => percent < (all[index - 1] ?? 0)),
    ).toEqual([]);
    expect(last.progressPercent).toBe(40);
    expect(balance).toEqual({ credits: 18, entries: 18 });
  });

  it('takes pictures that come with the first answer, and says PROCESSING meanwhile', async () => {
    const { provider } = createScriptedProvider({ start: [() => succeeded()] });
    const { seen } = await outcome(provider);
    expect(seen.map(({ status }) => status)).toEqual(['PROCESSING', 'SUCCESS']);
  });

  it('keeps the picture of an answer whose id its provider gave before', async () => {
    const answer = () => ({ ...succeeded(), externalId: 'given twice' });
    const { provider } = createScriptedProvider({ start: [answer] });
    expect((await outcome(provider)).last).toMatchObject({ status: 'SUCCESS', externalId: 'given twice' });
    expect((await outcome(provider)).last).toMatchObject({ status: 'SUCCESS', externalId: null });
  });

  it('fails with the cause of an answer without a picture whose id its provider gave before', async () => {
    const empty = { ...failed({ code: 'NO_IMAGE_RETURNED' }), externalId: 'empty twice' };
    const { provider } = createScriptedProvider({ start: [() => empty] });
    expect((await outcome(provider)).last).toMatchObject({ externalId: 'empty twice' });
    const { last, balance } = await outcome(provider);
    expect(last).toMatchObject({ status: 'FAILED', failureCode: 'NO_IMAGE_RETURNED', externalId: null });
    expect(balance).toEqual({ credits: 20, entries: 20 });
  });

  it('refunds the share of pictures that did not come', async () => {
    const { provider } = createScriptedProvider({ start: [() => succeeded(3)] });
    const { last, balance } = await outcome(provider, { options: { count: 4 }, costCredits: 8 });
    expect(last).toMatchObject({ status: 'SUCCESS', refundedCredits: 2 });
    expect(last.images).toHaveLength(3);
    expect(balance).toEqual({ credits: 14, entries: 14 });
  });

  it('refunds all of a failure', async () => {
    const { provider } = createScriptedProvider({ start: [() => failed({ code: 'CONTENT_BLOCKED' })] });
    const { last, balance } = await outcome(provider);
    expect(last).toMatchObject({ status: 'FAILED', failureCode: 'CONTENT_BLOCKED', refundedCredits: 2 });
    expect(balance).toEqual({ credits: 20, entries: 20 });
  });

  it('submits again where the provider did not take the request, as often as it may', async () => {
    const limited = failed({ code: 'RATE_LIMITED', retry: { afterMs: 5 } });
    const once = createScriptedProvider({ start: [() => limited, () => limited, () => succeeded()] });
    expect((await outcome(once.provider)).last.status).toBe('SUCCESS');
    expect(once.calls.start).toBe(3);

    const twice = createScriptedProvider({
      start: [() => failed({ code: 'PROVIDER_UNAVAILABLE', retry: { afterMs: 5, maxAttempts: 2 } })],
    });
    expect((await outcome(twice.provider)).last.failureCode).toBe('PROVIDER_UNAVAILABLE');
    expect(twice.calls.start).toBe(2);
  });

  it('never submits again where no answer came', async () => {
    const { provider, calls } = createScriptedProvider({
      start: [() => ({ status: 'unknown' })],
      poll: [() => running()],
    });
    const { last, balance } = await outcome(provider);
    expect(last).toMatchObject({ status: 'FAILED', failureCode: 'PROVIDER_UNAVAILABLE' });
    expect(calls.start).toBe(1);
    expect(balance.credits).toBe(20);
  });

  it('does not submit a task whose submission a crash interrupted', async () => {
    const { provider, calls } = createScriptedProvider({ start: [() => succeeded()] });
    const { task, states } = await accept();
    await store.change({ id: task.id, version: 1 }, { submittingAt: new Date(), attempt: 1 });
    work(provider);
    expect((await toTheEnd(states)).at(-1)).toMatchObject({ status: 'FAILED', failureCode: 'PROVIDER_LOST' });
    expect(calls.start).toBe(0);
  });

  it('goes on asking where polls tell nothing', async () => {
    const unknown = () => ({ status: 'unknown' }) as const;
    const { provider } = createScriptedProvider({
      start: [() => running()],
      poll: [unknown, unknown, () => succeeded()],
    });
    expect((await outcome(provider)).last.status).toBe('SUCCESS');
  });

  it('comes back for a picture that cannot be reached yet, and fails one that is gone', async () => {
    let reads = 0;
    const flaky = {
      read: async () => {
        if (reads++ === 0) throw new GenerationError('PROVIDER_UNAVAILABLE');
        return new Uint8Array(picture);
      },
    };
    const again = createScriptedProvider({
      start: [() => running()],
      poll: [() => ({ status: 'succeeded', images: [flaky] })],
    });
    expect((await outcome(again.provider)).last.status).toBe('SUCCESS');

    const gone = {
      read: async () => {
        throw new GenerationError('OUTPUT_EXPIRED');
      },
    };
    const expired = createScriptedProvider({ start: [() => ({ status: 'succeeded', images: [gone] })] });
    expect((await outcome(expired.provider)).last.failureCode).toBe('OUTPUT_EXPIRED');
  });

  it('fails bytes that are no picture', async () => {
    const page = { read: async () => new TextEncoder().encode('<html>') };
    const { provider } = createScriptedProvider({ start: [() => ({ status: 'succeeded', images: [page] })] });
    expect((await outcome(provider)).last.failureCode).toBe('PROVIDER_BAD_RESPONSE');
  });

  it('fails a task whose reference is gone, without submitting it', async () => {
    const { provider, calls } = createScriptedProvider({ start: [() => succeeded()] });
    const userId = await addUser(database.prisma, 20);
    const upload = await images.upload(userId, new Blob([picture as never]));
    const task = newTask(userId, { scene: 'IMAGE_TO_IMAGE', referenceImageIds: [upload.id] });
    const states = events.subscribe({ taskId: task.id });
    await store.accept(task);
    await database.prisma.image.delete({ where: { id: upload.id } });
    work(provider);
    expect((await toTheEnd(states)).at(-1)?.failureCode).toBe('REFERENCE_UNUSABLE');
    expect(calls.start).toBe(0);
  });

  it('ends a task at its deadline and cancels it at the provider', async () => {
    const { provider, calls } = createScriptedProvider({ start: [() => running()], poll: [() => running()] });
    const { last, balance, task } = await outcome(provider, { timeoutMs: 2_000 });
    expect(last).toMatchObject({ status: 'FAILED', failureCode: 'TIMEOUT' });
    expect(balance.credits).toBe(20);
    await expect.poll(() => calls.cancel).toEqual([{ id: 'op' }]);
    await expect.poll(async () => (await store.find(task.id))?.dueAt).toBeNull();
  });

  it('ends a call that does not answer at the deadline', async () => {
    const hanging: ImageProvider = {
      start: (_, { signal }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve(failed({ code: 'TIMEOUT' }))),
        ),
    };
    expect((await outcome(hanging, { timeoutMs: 200 })).last.failureCode).toBe('TIMEOUT');
  });

  it('cancels at the provider what was canceled while it was being submitted', async () => {
    const submitting = Promise.withResolvers<void>();
    const canceled = Promise.withResolvers<void>();
    const { provider, calls } = createScriptedProvider({
      start: [
        async () => {
          submitting.resolve();
          await canceled.promise;
          return running();
        },
      ],
      poll: [() => running()],
    });
    const { task } = await accept();
    work(provider);
    await submitting.promise;
    const now = (await store.find(task.id))!;
    expect(
      await store.settle(now, { status: 'CANCELED', refundCredits: 2, cancelUpstream: true }),
    ).not.toBeNull();
    canceled.resolve();
    await expect.poll(() => calls.cancel).toEqual([{ id: 'op' }]);
    expect((await store.find(task.id))?.status).toBe('CANCELED');
  });

  it('renews its lease, so that a long call is not taken over', async () => {
    const { provider, calls } = createScriptedProvider({
      start: [
        async () => {
          await new Promise((resolve) => setTimeout(resolve, 4_500));
          return succeeded();
        },
      ],
      poll: [() => running()],
    });
    const { states } = await accept();
    work(provider, { leaseMs: 3_000 });
    work(provider, { leaseMs: 3_000 });
    expect((await toTheEnd(states)).at(-1)?.status).toBe('SUCCESS');
    expect(calls.start).toBe(1);
  });

  it('cuts off a question at the provider when it stops, and hands the task back', async () => {
    await stopWorkers();
    const isAsked = Promise.withResolvers<void>();
    const { provider } = createScriptedProvider({
      start: [() => running()],
      poll: [
        (_, { signal }) => {
          isAsked.resolve();
          return new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve({ status: 'unknown' }));
          });
        },
      ],
    });
    const { task } = await accept();
    const worker = work(provider);
    await isAsked.promise;
    await worker.stop({ graceMs: 600_000 });
    expect(await store.find(task.id)).toMatchObject({
      status: 'PROCESSING',
      leaseOwner: null,
      unansweredPolls: 0,
    });
    const other = createScriptedProvider({ start: [], poll: [() => succeeded()] });
    const states = events.subscribe({ taskId: task.id });
    work(other.provider);
    expect((await toTheEnd(states)).at(-1)?.status).toBe('SUCCESS');
  });

  it('hands back what it was claiming when it stops', async () => {
    await stopWorkers();
    const { provider, calls } = createScriptedProvider({ start: [() => running()] });
    const { task } = await accept();
    const isClaimed = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const claim: TaskStore['claim'] = async (...args) => {
      const claimed = await store.claim(...args);
      isClaimed.resolve();
      await goOn.promise;
      return claimed;
    };
    const worker = work(provider, { differences: { claim } });
    await isClaimed.promise;
    const stopped = worker.stop({ graceMs: 600_000 });
    goOn.resolve();
    await stopped;
    expect(calls.start).toBe(0);
    expect(await store.find(task.id)).toMatchObject({ status: 'PENDING', leaseOwner: null, attempt: 0 });
  });

  it('keeps going after an unforeseen error', async () => {
    const { provider } = createScriptedProvider({
      start: [() => running()],
      poll: [
        () => {
          throw new Error('a bug');
        },
        () => succeeded(),
      ],
    });
    expect((await outcome(provider)).last.status).toBe('SUCCESS');
  });

  it('adopts work whose submission was interrupted, and does not submit again', async () => {
    const { provider, calls } = createScriptedProvider({
      start: [() => succeeded()],
      poll: [() => succeeded()],
    });
    const finding = { ...provider, find: async () => running({ externalId: 'found' }) };
    const { task, states } = await accept();
    await store.change({ id: task.id, version: 1 }, { submittingAt: new Date(), attempt: 1 });
    work(finding);
    expect((await toTheEnd(states)).at(-1)).toMatchObject({ status: 'SUCCESS', externalId: 'found' });
    expect(calls.start).toBe(0);
  });

  // Turns red where only a task with an operation is retried, or where an inconclusive search ends this one.
  it.each([
    ['at once', 0, []],
    ['after looks that tell nothing', 60_000, [{ status: 'unknown' }, { status: 'unknown' }] as const],
  ])('finds work again %s whose picture could not be reached', async (_, ageMs, between) => {
    const { provider, calls } = createScriptedProvider({ start: [() => succeeded()] });
    const answers = [unreachable(), ...between, succeeded()];
    const { task, states } = await accept();
    const submittingAt = new Date(Date.now() - ageMs);
    await store.change({ id: task.id, version: 1 }, { submittingAt, attempt: 1 });
    work({ ...provider, poll: async () => running(), find: async () => answers.shift() ?? null });
    expect((await toTheEnd(states)).at(-1)?.status).toBe('SUCCESS');
    expect(answers).toEqual([]);
    expect(calls.start).toBe(0);
  });

  it('fails and refunds an interrupted submission that the provider does not know', async () => {
    const { provider, calls } = createScriptedProvider({
      start: [() => succeeded()],
      poll: [() => succeeded()],
    });
    const { userId, task, states } = await accept();
    await store.change(
      { id: task.id, version: 1 },
      { submittingAt: new Date(Date.now() - 60_000), attempt: 1 },
    );
    work({ ...provider, find: async () => null });
    expect((await toTheEnd(states)).at(-1)).toMatchObject({ failureCode: 'PROVIDER_UNAVAILABLE' });
    expect(calls.start).toBe(0);
    expect((await balances(database.prisma, userId)).credits).toBe(20);
  });
});

/** A store whose members all reject while `isAway()`, as its database's do. */
function awayWhile(isAway: () => boolean): Partial<TaskStore> {
  const members = Object.entries(store).map(([name, member]) => [
    name,
    async (...args: never[]) => {
      if (isAway()) throw new Error('The database is away');
      return (member as (...args: never[]) => unknown)(...args);
    },
  ]);
  return Object.fromEntries(members);
}

/** The member, whose answer is lost after it was carried out, each time that `isLost` says so. */
function losingAnswers<Name extends 'change' | 'settle'>(
  name: Name,
  isLost: (written: Parameters<TaskStore[Name]>[1]) => boolean,
): Partial<TaskStore> {
  const member = store[name] as (...args: unknown[]) => Promise<unknown>;
  const losing = async (...args: Parameters<TaskStore[Name]>) => {
    const answer = await member(...args);
    if (isLost(args[1])) throw new Error('The connection was lost');
    return answer;
  };
  return { [name]: losing };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a paid answer', () => {
  it('outlives a database that is away for longer than the lease, on the node that has it', async () => {
    await stopWorkers();
    const leaseMs = 600;
    let awaySinceMs: number | undefined;
    const isAway = () => awaySinceMs !== undefined && performance.now() - awaySinceMs < 3 * leaseMs;
    const accepted = await Promise.all(Array.from({ length: 8 }, () => accept()));
    const isUnderWay = Promise.withResolvers<void>();
    let started = 0;
    // Some answers come while the database is away, others after it.
    const { provider, calls } = createScriptedProvider({
      start: [
        async () => {
          const index = started++;
          if (started === accepted.length) isUnderWay.resolve();
          await isUnderWay.promise;
          await pause(300 * (index + 1));
          return succeeded();
        },
      ],
    });
    work(provider, { leaseMs, differences: awayWhile(isAway) });
    work(provider, { leaseMs, differences: awayWhile(isAway) });
    await isUnderWay.promise;
    awaySinceMs = performance.now();
    const ends = await Promise.all(accepted.map(async ({ states }) => (await toTheEnd(states)).at(-1)!));
    expect(ends.map(({ status, failureCode }) => failureCode ?? status)).toEqual(
      accepted.map(() => 'SUCCESS'),
    );
    expect(calls.start).toBe(accepted.length);
  });

  it('is held while storage is away', async () => {
    let refusals = 6;
    const storeImage: ImageService['store'] = (...args) => {
      if (refusals-- > 0) return Promise.reject(new Error('Storage is away'));
      return images.store(...args);
    };
    const { provider, calls } = createScriptedProvider({ start: [() => succeeded()] });
    expect((await outcome(provider, {}, { storeImage })).last.status).toBe('SUCCESS');
    expect(calls.start).toBe(1);
  });

  it.each([
    ['refuses', () => Promise.reject(new Error('Storage is away'))],
    ['does not answer', () => new Promise<never>(() => {})],
  ])('that storage %s until the deadline is no fault of the provider', async (_, storeImage) => {
    const { provider, calls } = createScriptedProvider({ start: [() => succeeded()] });
    const { last, balance } = await outcome(provider, { timeoutMs: 3_000 }, { storeImage });
    expect(last).toMatchObject({ status: 'FAILED', failureCode: 'INTERNAL' });
    expect(balance).toEqual({ credits: 20, entries: 20 });
    expect(calls.start).toBe(1);
  });

  it('whose picture ends each process that works on it is no fault of the provider', async () => {
    let tries = 0;
    const prepare: ImageService['prepare'] = () => {
      tries += 1;
      return Promise.reject(new Error('The process of a picture ended'));
    };
    const { provider } = createScriptedProvider({ start: [() => succeeded()] });
    const { last } = await outcome(provider, {}, { prepare });
    expect(last).toMatchObject({ status: 'FAILED', failureCode: 'INTERNAL' });
    expect(tries).toBe(3);
  });

  // Turns red where one such picture ends the step: all are lost, or they are downloaded again until the deadline.
  it.each([
    ['at once', { start: [() => succeeded(4)] }, 0],
    ['to a poll', { start: [() => running()], poll: [() => succeeded(4)] }, 1],
  ])('that comes %s costs only the picture that ends each process', async (_, script, polls) => {
    let prepared = 0;
    let refused: Uint8Array | undefined;
    const prepare: ImageService['prepare'] = (userId, bytes) => {
      prepared += 1;
      refused ??= bytes;
      if (bytes === refused) return Promise.reject(new Error('The process of a picture ended'));
      return images.prepare(userId, bytes);
    };
    const { provider, calls } = createScriptedProvider(script);
    const changes = { options: { count: 4 }, costCredits: 8 };
    const { last, balance } = await outcome(provider, changes, { prepare });
    expect(last).toMatchObject({ status: 'SUCCESS', refundedCredits: 2 });
    expect(last.images).toHaveLength(3);
    expect(balance).toEqual({ credits: 14, entries: 14 });
    expect(prepared).toBe(3 + 3);
    expect(calls.poll).toBe(polls);
  });

  // Turns red where pictures stay whose end was refused.
  it('to a task that was canceled meanwhile leaves no picture in storage', async () => {
    await stopWorkers();
    const stored: StoredImage[] = [];
    const { task } = await accept();
    const storeImage: ImageService['store'] = async (...args) => {
      const image = await images.store(...args);
      stored.push(image);
      const now = (await store.find(task.id))!;
      await store.settle(now, { status: 'CANCELED', refundCredits: 2 });
      return image;
    };
    const { provider } = createScriptedProvider({ start: [() => succeeded()] });
    const worker = work(provider, { storeImage });
    await expect.poll(() => stored.length).toBe(1);
    await expect.poll(() => worker.activeSteps).toBe(0);
    expect(await images.read(stored[0] as Image)).toBeNull();
  });

  it('that the database refuses is no fault of the provider', async () => {
    const settle: TaskStore['settle'] = (task, ending) =>
      ending.status === 'SUCCESS'
        ? store.settle(task, { ...ending, refundCredits: -1 })
        : store.settle(task, ending);
    const { provider } = createScriptedProvider({ start: [() => succeeded()] });
    const { last } = await outcome(provider, {}, { differences: { settle } });
    expect(last).toMatchObject({ status: 'FAILED', failureCode: 'INTERNAL' });
  });
});

describe('an answer of the database that is lost', () => {
  it('to the note of a submission does not end the task', async () => {
    let lost = 0;
    const differences = losingAnswers(
      'change',
      (change) => change.submittingAt instanceof Date && (lost += 1) === 1,
    );
    const { provider, calls } = createScriptedProvider({ start: [() => succeeded()] });
    expect((await outcome(provider, {}, { differences })).last.status).toBe('SUCCESS');
    expect(calls.start).toBe(1);
  });

  it('to the end of a task leaves the task and its pictures in place', async () => {
    let lost = 0;
    const differences = losingAnswers('settle', () => (lost += 1) === 1);
    const { provider } = createScriptedProvider({ start: [() => succeeded()] });
    const { last } = await outcome(provider, {}, { differences });
    expect(last.status).toBe('SUCCESS');
    expect(await images.read(last.images[0]!)).not.toBeNull();
  });

  describe('and a picture of it that is deleted meanwhile', () => {
    /** A task of four pictures, one of which is deleted before the end is tried again; which of them are in storage. */
    async function deletingOne(options: WorkOptions = {}) {
      await stopWorkers();
      const stored: StoredImage[] = [];
      const storeImage: ImageService['store'] = async (...args) => {
        const image = await images.store(...args);
        stored.push(image);
        return image;
      };
      const isOver = Promise.withResolvers<void>();
      const settle: TaskStore['settle'] = async (task, ending) => {
        const settled = await store.settle(task, ending);
        if (!settled) return settled;
        await images.remove(settled.userId, stored[0]!.id);
        isOver.resolve();
        throw new Error('The connection was lost');
      };
      const { provider } = createScriptedProvider({ start: [() => succeeded(4)] });
      const { task } = await accept({ options: { count: 4 } });
      const worker = work(provider, { ...options, storeImage, differences: { settle } });
      await isOver.promise;
      await expect.poll(() => worker.activeSteps).toBe(0);
      const now = await store.find(task.id);
      expect(now).toMatchObject({ status: 'SUCCESS', deletedImages: 1, images: { length: 3 } });
      return Promise.all(stored.map(async (image) => (await images.read(image as Image)) !== null));
    }

    // Turns red where all that was stored is discarded with the lease.
    it('leaves the others in storage', async () => {
      expect(await deletingOne()).toEqual([false, true, true, true]);
    });

    // Turns red where what cannot be read counts as not there.
    it('leaves them there too where their rows cannot be read', async () => {
      const findOwn = () => Promise.reject(new Error('The database is away'));
      expect(await deletingOne({ findOwn })).toEqual([false, true, true, true]);
    });
  });
});

describe('the writes of a task', () => {
  /** A store that counts its statements, but for those that look for work, which no task causes. */
  function counted() {
    const statements: string[] = [];
    const count =
      <Args extends unknown[], Result>(name: string, of: (...args: Args) => Result) =>
      (...args: Args) => {
        statements.push(name);
        return of(...args);
      };
    const differences: Partial<TaskStore> = {
      find: count('find', store.find),
      claim: count('claim', store.claim),
      claimOne: count('claimOne', store.claimOne),
      change: count('change', store.change),
      releaseLease: count('releaseLease', store.releaseLease),
      countRunning: count('countRunning', store.countRunning),
      settle: count('settle', store.settle),
    };
    return { statements, differences, record: count('record', async () => true) };
  }

  // Turns red where reports are all written, and where an accepted task begins a whole pass.
  it.each([4, 60])('are at most 22 statements with %i reports of progress by webhook', async (reports) => {
    await stopWorkers();
    const { statements, differences, record } = counted();
    const externalId = `counted-${reports}`;
    const { provider, calls } = createScriptedProvider({
      start: [() => running({ started: false, externalId })],
      poll: [() => running()],
    });
    const worker = work({ ...provider, reports: true }, { differences, idleMs: 60_000 });
    await expect.poll(() => statements).toEqual(['claim']);
    statements.length = 0;
    const { task, states } = await accept();
    worker.wake((await store.find(task.id))!);
    // Acceptance is one statement, see store/accept.ts.
    statements.push('accept');
    const state = { ...running(), externalId };
    const report = (changes: object) => ({
      taskId: task.id,
      attempt: 1,
      deliveryId: '',
      state: { ...state, ...changes },
    });
    for await (const { operation } of states) if (operation) break;
    for (let index = 0; index < reports; index += 1)
      await worker.handleReport(report({ percent: Math.floor((99 * index) / (reports - 1)) }), record);
    expect(await store.find(task.id)).toMatchObject({ status: 'PROCESSING', progressSource: 'PROVIDER' });
    await record();
    await worker.handleReport({ ...report({}), state: { ...succeeded(), externalId } });
    expect(await store.find(task.id)).toMatchObject({ status: 'SUCCESS' });
    expect(calls.poll).toBe(0);
    expect(statements.length, statements.join()).toBeLessThanOrEqual(22);
  });

  // Turns red where each claim of a backlog is followed by a look for what is due next.
  it('are joined by few looks for work where many tasks wait for a place', async () => {
    await stopWorkers();
    const name = 'crowded';
    const tasks = await Promise.all(Array.from({ length: 80 }, () => accept({ provider: name })));
    const { provider } = createScriptedProvider({ start: [() => failed({ code: 'CONTENT_BLOCKED' })] });
    let looks = 0;
    const nextWork: TaskStore['nextWork'] = (...args) => {
      looks += 1;
      return store.nextWork(...args);
    };
    work(provider, { differences: { nextWork }, idleMs: 60_000, name });
    await Promise.all(tasks.map(({ states }) => toTheEnd(states)));
    expect(looks).toBeLessThanOrEqual(6);
  });

  it('never have an estimate, which moves on without them', async () => {
    await stopWorkers();
    const { statements, differences } = counted();
    const isCalled = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<GenerationState>();
    const start = () => (isCalled.resolve(), answer.promise);
    const { states } = await accept({ expectedDurationMs: 200 });
    work({ start }, { differences });
    await isCalled.promise;
    const begun = (await states.next()).value as TaskSnapshot;
    await expect.poll(() => progressOf(begun, Date.now()).percent).toBeGreaterThan(50);
    expect(begun).toMatchObject({ status: 'PROCESSING', progressPercent: null });
    answer.resolve(succeeded());
    const seen = await toTheEnd(states);
    expect(seen.map(({ status, progressPercent }) => [status, progressPercent])).toEqual([['SUCCESS', null]]);
    expect(statements.filter((name) => name === 'change')).toHaveLength(1);
  });

  it('are none, and no new state, where a poll says nothing new', async () => {
    const { statements, differences } = counted();
    const { provider } = createScriptedProvider({
      start: [() => running()],
      poll: [...Array.from({ length: 5 }, () => () => running()), () => succeeded()],
    });
    const { seen } = await outcome(provider, {}, { differences });
    expect(seen.map(({ status }) => status)).toEqual(['PENDING', 'PROCESSING', 'SUCCESS']);
    expect(statements.filter((name) => name === 'change')).toHaveLength(2);
  });
});

describe('an overdue task', () => {
  it('that cannot be ended holds up neither other tasks nor the ends of others', async () => {
    await stopWorkers();
    const stuck = await accept({ timeoutMs: -2_000 });
    let tries = 0;
    const settle: TaskStore['settle'] = (task, ending) => {
      if (task.id !== stuck.task.id) return store.settle(task, ending);
      tries += 1;
      return Promise.reject(new Error('The ledger refuses it'));
    };
    const { provider } = createScriptedProvider({ start: [() => succeeded()] });
    const late = await accept({ timeoutMs: -1_000 });
    const inTime = await accept();
    work(provider, { differences: { settle } });
    expect((await toTheEnd(late.states)).at(-1)?.failureCode).toBe('TIMEOUT');
    expect((await toTheEnd(inTime.states)).at(-1)?.status).toBe('SUCCESS');
    // It is tried again, but its row is not claimed over and over.
    await expect.poll(() => tries).toBeGreaterThan(1);
    expect((await store.find(stuck.task.id))?.version).toBe(1);
    const before = (await store.find(stuck.task.id))!;
    await stopWorkers();
    await store.settle(before, { status: 'FAILED', failureCode: 'TIMEOUT', refundCredits: 2 });
  });
});

describe('a node without the provider of a task', () => {
  it('leaves it to a node that has it', async () => {
    await stopWorkers();
    const other = createScriptedProvider({ start: [() => succeeded()] });
    const here = createScriptedProvider({ start: [() => succeeded()] });
    const { task, states } = await accept({ provider: 'elsewhere' });
    work(here.provider);
    const own = await accept();
    expect((await toTheEnd(own.states)).at(-1)?.status).toBe('SUCCESS');
    expect(await store.find(task.id)).toMatchObject({ status: 'PENDING', version: 1 });
    work(other.provider, { name: 'elsewhere' });
    expect((await toTheEnd(states)).at(-1)?.status).toBe('SUCCESS');
    expect(here.calls.start).toBe(1);
  });

  it('ends and refunds it after its deadline, where no other node has', async () => {
    const { provider } = createScriptedProvider({ start: [() => succeeded()] });
    const { last, balance } = await outcome(provider, { provider: 'elsewhere', timeoutMs: 100 });
    expect(last).toMatchObject({ status: 'FAILED', failureCode: 'MODEL_NOT_FOUND' });
    expect(last.completedAt!.getTime() - last.deadlineAt.getTime()).toBeGreaterThanOrEqual(5_000);
    expect(balance).toEqual({ credits: 20, entries: 20 });
  });
});

describe('the limit of a provider', () => {
  it('is shared evenly by the polls of all running tasks', async () => {
    const countRunning = async () => 40;
    const { provider } = createScriptedProvider({ start: [() => running()], poll: [() => running()] });
    const { task, states } = await accept();
    work({ ...provider, pollsPerMinute: 600 }, { differences: { countRunning } });
    for await (const state of states) if (state.operation) break;
    const { dueAt, heardAt } = (await store.find(task.id))!;
    const untilNextMs = dueAt!.getTime() - heardAt!.getTime();
    // Each of forty is polled every four seconds.
    expect(untilNextMs).toBeGreaterThanOrEqual(4_000);
    expect(untilNextMs).toBeLessThan(8_000);
  });

  it('that postpones polls is no silence of the provider', async () => {
    const postponed = () => ({ status: 'postponed', retryAfterMs: 5 }) as const;
    const postponing = (last: () => GenerationState) =>
      createScriptedProvider({
        start: [() => running()],
        poll: [...Array.from({ length: 25 }, () => postponed), last],
      });
    const { provider, calls } = postponing(() => failed({ code: 'CONTENT_BLOCKED' }));
    expect((await outcome(provider)).last).toMatchObject({
      failureCode: 'CONTENT_BLOCKED',
      unansweredPolls: 0,
    });
    expect(calls.poll).toBe(26);
    const { last } = await outcome(postponing(() => succeeded()).provider);
    expect(last).toMatchObject({ status: 'SUCCESS', unansweredPolls: 0 });
  });

  // Turns red where each due task is claimed to find that it cannot be polled: many statements a second, all in vain.
  it('that admits no poll moves all that are due, without claiming each', async () => {
    const name = 'limited';
    const { provider, calls } = createScriptedProvider({
      start: [() => running()],
      poll: [() => ({ status: 'postponed', retryAfterMs: 60_000 })],
    });
    const tasks = await Promise.all(Array.from({ length: 40 }, () => accept({ provider: name })));
    for (const { task } of tasks)
      await store.change({ id: task.id, version: 1 }, { operation: { id: task.id }, dueAt: new Date() });
    work({ ...provider, pollsPerMinute: 600 }, { name });
    const rows = () => Promise.all(tasks.map(async ({ task }) => (await store.find(task.id))!));
    await expect
      .poll(async () => (await rows()).every(({ dueAt }) => dueAt!.getTime() > Date.now() + 30_000))
      .toBe(true);
    // The first eight found out.
    expect(calls.poll).toBeLessThanOrEqual(8);
    expect((await rows()).filter(({ version }) => version === 2).length).toBeGreaterThanOrEqual(32);
  });

  it('that postpones the look for a submission does not end it', async () => {
    const { provider, calls } = createScriptedProvider({
      start: [() => succeeded()],
      poll: [() => succeeded()],
    });
    let looks = 0;
    const find: ImageProvider['find'] = async () =>
      (looks += 1) < 3 ? { status: 'postponed', retryAfterMs: 5 } : running({ externalId: 'found late' });
    const { task, states } = await accept();
    await store.change(
      { id: task.id, version: 1 },
      { submittingAt: new Date(Date.now() - 60_000), attempt: 1 },
    );
    work({ ...provider, find });
    expect((await toTheEnd(states)).at(-1)).toMatchObject({ status: 'SUCCESS', externalId: 'found late' });
    expect(calls.start).toBe(0);
  });
});

describe('work that no task waits for', () => {
  /** A task that its provider works on, canceled and then deleted while the provider cannot be reached. */
  async function deleted(cancel: NonNullable<ImageProvider['cancel']>) {
    await stopWorkers();
    const { provider } = createScriptedProvider({ start: [() => running()], poll: [() => running()] });
    const { task, states } = await accept();
    work({ ...provider, cancel });
    for await (const state of states) if (state.operation) break;
    await stopWorkers();
    const now = (await store.find(task.id))!;
    const canceled = await store.settle(now, { status: 'CANCELED', refundCredits: 2, cancelUpstream: true });
    expect(await store.remove(canceled!)).toBe(true);
    work({ ...provider, cancel });
  }
  const left = () => database.prisma.upstreamCancel.count();

  it('is canceled at its provider though its task is deleted', async () => {
    const canceled: unknown[] = [];
    await deleted(async (operation) => void canceled.push(operation));
    await expect.poll(() => canceled).toEqual([{ id: 'op' }]);
    await expect.poll(left).toBe(0);
  });

  it('is canceled again where the provider could not be told, for a minute', async () => {
    let tries = 0;
    await deleted(async () => {
      tries += 1;
      throw new Error('It is away');
    });
    await expect.poll(() => tries).toBe(1);
    expect(await left()).toBe(1);
    const { prisma } = database;
    await prisma.$executeRaw`UPDATE "UpstreamCancel" SET "dueAt" = now()`;
    await expect.poll(() => tries).toBe(2);
    await prisma.$executeRaw`UPDATE "UpstreamCancel" SET "dueAt" = now(), "createdAt" = now() - interval '61 seconds'`;
    await expect.poll(() => tries).toBe(3);
    await expect.poll(left).toBe(0);
  });
});

describe('a report', () => {
  let serial = 0;
  const report = (taskId: string, state: GenerationState, attempt = 1) => ({
    taskId,
    attempt,
    deliveryId: 'd',
    state,
  });

  /** A task that its provider works on and will report. */
  async function underWay() {
    await stopWorkers();
    const ext = `reported-${(serial += 1)}`;
    const polled: unknown[] = [];
    const scripted = createScriptedProvider({
      start: [() => running({ externalId: ext, operation: { id: ext } })],
      poll: [
        (operation) => {
          polled.push(operation);
          return running();
        },
      ],
    });
    const { userId, task, states } = await accept();
    const worker = work({ ...scripted.provider, reports: true });
    for await (const state of states) if (state.operation) break;
    return { ...scripted, polled, ext, worker, userId, task, states: events.subscribe({ taskId: task.id }) };
  }

  it('ends the task at once, and the provider is not asked', async () => {
    const { worker, task, polled, states, ext } = await underWay();
    await worker.handleReport(report(task.id, { ...succeeded(), externalId: ext }));
    expect((await toTheEnd(states)).at(-1)?.status).toBe('SUCCESS');
    // A task of an earlier test may be due.
    expect(polled).not.toContainEqual({ id: ext });
  });

  it('changes nothing where it is late, repeated, or of another prediction', async () => {
    const { worker, task, states, ext } = await underWay();
    await worker.handleReport(report(task.id, { ...succeeded(), externalId: 'another' }));
    await worker.handleReport(report(task.id, { ...succeeded(), externalId: ext }, 7));
    expect((await store.find(task.id))?.status).not.toBe('SUCCESS');
    await worker.handleReport(report(task.id, { ...succeeded(), externalId: ext }));
    const last = (await toTheEnd(states)).at(-1)!;
    await worker.handleReport(report(task.id, { ...failed({ code: 'PROVIDER_ERROR' }), externalId: ext }));
    await worker.handleReport(report(task.id, { ...running(), externalId: ext }));
    expect(await store.find(task.id)).toMatchObject({ status: 'SUCCESS', version: last.version });
  });

  it('of work that no task waits for any more has it canceled', async () => {
    const { worker, task, calls, userId } = await underWay();
    const now = (await store.find(task.id))!;
    await store.settle(now, { status: 'CANCELED', refundCredits: 2 });
    await worker.handleReport(
      report(task.id, { ...running({ operation: { id: 'late' } }), externalId: 'late' }),
    );
    expect(calls.cancel).toContainEqual({ id: 'late' });
    expect((await balances(database.prisma, userId)).credits).toBe(20);
  });

  it('adopts a submission whose answer never came', async () => {
    await stopWorkers();
    const { provider, calls } = createScriptedProvider({
      start: [() => succeeded()],
      poll: [() => running()],
    });
    const { task, states } = await accept();
    await store.change({ id: task.id, version: 1 }, { submittingAt: new Date(), attempt: 1 });
    const worker = work({ ...provider, find: async () => null, reports: true });
    await worker.handleReport(report(task.id, { ...succeeded(), externalId: 'adopted' }));
    expect((await toTheEnd(states)).at(-1)).toMatchObject({ status: 'SUCCESS', externalId: 'adopted' });
    expect(calls.start).toBe(0);
  });

  // Turns red where only a task with an operation is come back for.
  it('of a picture that cannot be reached yet leaves it to the look for the submission', async () => {
    await stopWorkers();
    const { provider } = createScriptedProvider({ start: [() => succeeded()], poll: [() => running()] });
    const { task, states } = await accept();
    await store.change({ id: task.id, version: 1 }, { submittingAt: new Date(), attempt: 1 });
    let isFindable = false;
    const find: ImageProvider['find'] = async () => (isFindable ? succeeded() : null);
    const worker = work({ ...provider, find, reports: true });
    await worker.handleReport(report(task.id, { ...unreachable(), externalId: 'unreachable' }));
    expect((await store.find(task.id))?.failureCode).toBeNull();
    isFindable = true;
    expect((await toTheEnd(states)).at(-1)?.status).toBe('SUCCESS');
  });
});
