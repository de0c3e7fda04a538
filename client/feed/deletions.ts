/**
 * Deletes tasks and images at the server, many at a time: in batches, few of them at once. What is to be deleted is in
 * the browser's storage until it is, so that a page that ends meanwhile loses nothing: the next one goes on.
 */
import type { Client, CombinedError } from '@urql/core';
import { fetchOptions } from '../api/client.ts';
import { refusalFromGraphQL, refusalOf } from '../api/errors.ts';
import { createDeletionStorage } from './deletion-storage.ts';

/** The mutation that deletes it, and its id. */
export interface Deletion {
  mutation: 'deleteTask' | 'deleteImage';
  id: string;
}

/** Small enough for the limits of an operation, and for those of requests that outlive their page. */
const batchSize = 25;
const batchesAtOnce = 2;
/** Of a refused batch that the server asks to send again later. */
const attempts = 3;

export type Deletions = ReturnType<typeof createDeletions>;

/** `viewerId` is the user whose tasks and images they are. */
export function createDeletions(options: {
  client: Client;
  storage: Storage | undefined;
  viewerId: () => string | undefined;
}) {
  const { client } = options;
  const storage = createDeletionStorage(options.storage, options.viewerId);
  const queue: (() => Promise<void>)[] = [];
  let running = 0;
  /** Whether the page ends, or the session: there is no page to say what failed. */
  let isEnding = false;

  const run = (most: number) => {
    while (running < most) {
      const next = queue.shift();
      if (!next) return;
      running++;
      void next().finally(() => {
        running--;
        run(batchesAtOnce);
      });
    }
  };

  /** Resolves to those that were not deleted, and whether there is a point in sending others. */
  const sendBatch = async (batch: readonly Deletion[], attempt = 1): Promise<Outcome> => {
    // The page may unload while the request is running.
    const context = { fetchOptions: { ...fetchOptions, keepalive: true } };
    const { text, variables } = mutationOf(batch);
    const { data, error } = await client.mutation<Payloads>(text, variables, context).toPromise();
    const refusal = refusalOf(error);
    if (!data && refusal?.code === 'RATE_LIMITED' && attempt < attempts && !isEnding) {
      await delay((refusal.retryAfterSeconds ?? 1) * 1000);
      return sendBatch(batch, attempt + 1);
    }
    const left = batch.filter((_, index) => !isDeleted(nameIn(batch, index), data, error));
    return { left, isRefused: Boolean(error) && !data };
  };

  return {
    /** What an earlier page has left to delete. */
    stored: storage.read,
    /** Resolves to those that were not deleted, none where the page ends meanwhile. */
    async send(all: readonly Deletion[]): Promise<readonly Deletion[]> {
      isEnding = false;
      storage.add(all);
      let isRefused = false;
      const outcomes = batchesOf(all).map(
        (batch) =>
          new Promise<readonly Deletion[]>((resolve) =>
            queue.push(async () => {
              // After a refusal of everything, as without a connection, the others would be refused as well.
              const outcome = isRefused ? { left: batch, isRefused } : await sendBatch(batch);
              isRefused ||= outcome.isRefused;
              const left = new Set(outcome.left);
              storage.remove(isEnding ? batch.filter((deletion) => !left.has(deletion)) : batch);
              resolve(isEnding ? [] : outcome.left);
            }),
          ),
      );
      run(batchesAtOnce);
      return (await Promise.all(outcomes)).flat();
    },
    /** Sends everything at once: the page ends, or the session. What is not deleted then stays in the storage. */
    flush() {
      isEnding = true;
      run(Infinity);
    },
    /** The page goes on after all, as when Back leads to it. */
    resume: () => void (isEnding = false),
  };
}

interface Outcome {
  left: readonly Deletion[];
  isRefused: boolean;
}

type Payloads = Record<string, { deletedId: string } | null>;

const delay = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Each with deletions of one kind. */
function batchesOf(deletions: readonly Deletion[]): Deletion[][] {
  return [...Map.groupBy(deletions, ({ mutation }) => mutation).values()].flatMap((ofKind) =>
    Array.from({ length: Math.ceil(ofKind.length / batchSize) }, (_, index) =>
      ofKind.slice(index * batchSize, (index + 1) * batchSize),
    ),
  );
}

/** The name of a deletion in the operation of its batch. */
const nameIn = (batch: readonly Deletion[], index: number) => `${batch[index]!.mutation}${index}`;

/** One operation for all; its text is the same for as many others. */
function mutationOf(batch: readonly Deletion[]) {
  const names = batch.map((_, index) => nameIn(batch, index));
  const fields = batch.map(
    ({ mutation }, index) => `${names[index]}:${mutation}(id:$${names[index]}){deletedId}`,
  );
  return {
    text: `mutation Deletions(${names.map((name) => `$${name}:ID!`).join()}){${fields.join(' ')}}`,
    variables: Object.fromEntries(batch.map(({ id }, index) => [names[index], id])),
  };
}

/** Whether it is gone: deleted by this request, or before. */
function isDeleted(name: string, data: Payloads | undefined, error: CombinedError | undefined): boolean {
  if (data?.[name]) return true;
  const own = error?.graphQLErrors.find(({ path }) => path?.[0] === name);
  return own !== undefined && refusalFromGraphQL(own).code === 'NOT_FOUND';
}
