/** What the tests of tasks share: a user with credits, a new task, an image's row, and a provider that follows a script. */
import { v7 as uuid } from 'uuid';
import { afterAll, expect } from 'vitest';
import { createLedger } from '../../server/credits/ledger.ts';
import type { PrismaClient } from '../../server/generated/prisma/client.ts';
import type { StoredImage } from '../../server/images/stored-files.ts';
import type { GenerationState, ImageProvider } from '../../server/providers/provider.ts';
import type { AcceptanceRefusal, AcceptedTask, NewTask } from '../../server/tasks/store/accept.ts';
import { createTaskStore } from '../../server/tasks/store/store.ts';
import { openTestDatabase } from './databases.ts';

/** A database with a task store, closed after the tests of the file. */
export async function openTaskStore() {
  const database = await openTestDatabase();
  afterAll(() => database.close());
  const store = createTaskStore(database);
  /** Repeats what waited too long for a lock or a connection, as where 200 are accepted at once on a busy machine: nothing of it was done. */
  const accept = async (task: NewTask): Promise<string> => {
    const outcome = await store.accept(task).then(outcomeOf, (error: unknown) => {
      if (String(error).includes('timeout exceeded when trying to connect')) return 'databaseBusy';
      throw error;
    });
    return outcome === 'databaseBusy' ? accept(task) : outcome;
  };
  const acceptFor = async (userId: string, changes: Partial<NewTask> = {}) => {
    const task = newTask(userId, changes);
    expect(await accept(task)).toBe('accepted');
    return (await store.find(task.id))!;
  };
  const accepted = async (credits = 20, changes: Partial<NewTask> = {}) => {
    const userId = await addUser(database.prisma, credits);
    return { userId, task: await acceptFor(userId, changes) };
  };
  return { database, store, accept, acceptFor, accepted };
}

/** Whether a task was accepted, or why not. */
export const outcomeOf = (result: AcceptedTask | AcceptanceRefusal) =>
  typeof result === 'string' ? result : 'accepted';

export async function addUser(prisma: PrismaClient, credits: number): Promise<string> {
  const id = uuid();
  await prisma.user.create({ data: { id, name: 'Tester', email: `${id}@example.test` } });
  await createLedger({ prisma, signupCredits: credits }).grantWelcome(id);
  return id;
}

export function newTask(userId: string, changes: Partial<NewTask> = {}): NewTask {
  return {
    id: uuid(),
    userId,
    scene: 'TEXT_TO_IMAGE',
    provider: 'scripted',
    model: 'black-forest-labs/flux-schnell',
    prompt: 'A lighthouse',
    options: { count: 1 },
    isSeedChosen: false,
    parentId: null,
    providerOptions: {},
    referenceImageIds: [],
    maxReferenceBytes: 1_000,
    maxReferenceBytesTotal: 2_000,
    costCredits: 2,
    expectedDurationMs: 1_000,
    timeoutMs: 60_000,
    maxActiveTasks: 1_000,
    dailyLimits: {},
    idempotency: undefined,
    ...changes,
  };
}

/** The row of an image of the user, which is nowhere in storage. */
export function newImage(userId: string, changes: Partial<StoredImage> = {}): StoredImage {
  const id = changes.id ?? uuid();
  return {
    id,
    userId,
    position: 0,
    storageKey: `images/${id}.png`,
    thumbnailKey: `thumbnails/${id}.webp`,
    contentType: 'image/png',
    byteSize: 10,
    width: 4,
    height: 3,
    thumbhash: 'x',
    sha256: 'y',
    ...changes,
  };
}

/** The sum of the user's entries beside the balance; they are equal where nothing is wrong. */
export async function balances(prisma: PrismaClient, userId: string) {
  const user = await prisma.user.findUniqueOrThrow({ where: { id: userId } });
  const { _sum } = await prisma.creditEntry.aggregate({ where: { userId }, _sum: { amount: true } });
  return { credits: user.credits, entries: _sum.amount ?? 0 };
}

type Script<T extends unknown[]> = (...args: T) => GenerationState | Promise<GenerationState>;

/** Answers with the scripted states one after the other, the last one again and again; counts the calls. */
export function createScriptedProvider(script: {
  start: Script<Parameters<ImageProvider['start']>>[];
  poll?: Script<Parameters<NonNullable<ImageProvider['poll']>>>[];
}) {
  const calls = { start: 0, poll: 0, cancel: [] as unknown[] };
  const next = <T>(steps: T[], index: number): T => steps[Math.min(index, steps.length - 1)]!;
  const { poll } = script;
  const provider: ImageProvider = {
    start: async (...args) => next(script.start, calls.start++)(...args),
    ...(poll && { poll: async (...args) => next(poll, calls.poll++)(...args) }),
    cancel: async (operation) => {
      calls.cancel.push(operation);
    },
  };
  return { provider, calls };
}
