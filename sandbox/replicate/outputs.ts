import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PictureOrder } from '../drawing/pictures.ts';
import type { Records } from '../lib/records.ts';
import { readScript } from '../lib/script.ts';
import { openStore } from '../lib/store.ts';

export interface Output {
  bytes: Buffer;
  contentType: string;
  prompt: string;
  createdAt: number;
}

export interface Outputs {
  /** Stores the pictures for an hour. @returns for each a path that cannot be guessed */
  add(pictures: Buffer[], options: { format: PictureOrder['format']; prompt: string }): string[];
  /** The picture at a path of this server; undefined where there is none, or it has expired. */
  find(path: string): Output | undefined;
  /** Deletes expired pictures. */
  sweep(): void;
}

const lifetimeMs = 60 * 60 * 1000;
const maxStoredBytes = 256 * 1024 * 1024;
const contentTypes = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

const recordSchema = z.object({ contentType: z.string(), prompt: z.string(), createdAt: z.number() });

/** The finished pictures, as on a delivery host: readable without a token, and deleted after an hour. */
export function openOutputs({ records, now }: { records: Records; now: () => number }): Outputs {
  const store = openStore<Output>({
    name: 'outputs',
    records,
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

  function addOne(bytes: Buffer, index: number, format: PictureOrder['format'], prompt: string) {
    const key = randomBytes(24).toString('base64url');
    if (!readScript(prompt).has('expired')) {
      store.add(key, { bytes, contentType: contentTypes[format], prompt, createdAt: now() });
    }
    return `/pbxt/${key}/out-${index}.${format}`;
  }

  return {
    add: (pictures, { format, prompt }) =>
      pictures.map((bytes, index) => addOne(bytes, index, format, prompt)),
    find: (path) => store.get(/^\/pbxt\/([\w-]+)\/out-\d+\.\w+$/.exec(path)?.[1] ?? ''),
    sweep: store.sweep,
  };
}
