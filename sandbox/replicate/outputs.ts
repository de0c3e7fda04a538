import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { openKeptStore, type Keeping } from '../kept-store.ts';
import type { PictureOrder } from '../pictures.ts';
import { readScript } from '../script.ts';

export interface Output {
  bytes: Buffer;
  contentType: string;
  prompt: string;
  createdAt: number;
}

export interface Outputs {
  /** Keeps the pictures for an hour; answers with the path for each, which cannot be guessed. */
  add(pictures: Buffer[], options: { format: PictureOrder['format']; prompt: string }): Promise<string[]>;
  /** What is at a path of this server; undefined where nothing is, or no longer. */
  find(path: string): Output | undefined;
  /** Lets go of what has expired. */
  sweep(): void;
  /** Resolves when nothing is being written any more. */
  idle(): Promise<void>;
}

const lifetimeMs = 60 * 60 * 1000;
const maxStoredBytes = 256 * 1024 * 1024;
const contentTypes = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

const recordSchema = z.object({ contentType: z.string(), prompt: z.string(), createdAt: z.number() });

/** The finished pictures, as a delivery host keeps them: read without a token, gone after an hour. */
export async function openOutputs({
  keeping,
  now,
}: {
  keeping: Keeping;
  now: () => number;
}): Promise<Outputs> {
  const store = await openKeptStore<Output>({
    keeping,
    lifetimeMs,
    maxBytes: maxStoredBytes,
    sizeOf: ({ bytes }) => bytes.length,
    now,
    encode: ({ bytes, ...content }) => ({ content, bytes }),
    decode({ content, bytes }) {
      const { data } = recordSchema.safeParse(content);
      return data && bytes && { ...data, bytes };
    },
  });

  async function addOne(bytes: Buffer, index: number, format: PictureOrder['format'], prompt: string) {
    const key = randomBytes(24).toString('base64url');
    if (!readScript(prompt).has('expired')) {
      store.add(key, { bytes, contentType: contentTypes[format], prompt, createdAt: now() });
      await store.saved(key);
    }
    return `/pbxt/${key}/out-${index}.${format}`;
  }

  return {
    add: async (pictures, { format, prompt }) =>
      await Promise.all(pictures.map((bytes, index) => addOne(bytes, index, format, prompt))),
    find: (path) => store.get(/^\/pbxt\/([\w-]+)\/out-\d+\.\w+$/.exec(path)?.[1] ?? ''),
    sweep: store.sweep,
    idle: store.idle,
  };
}
