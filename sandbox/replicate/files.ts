import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { PictureOrder } from '../drawing/pictures.ts';
import { isObject, parseJson, type JsonObject } from '../lib/json.ts';
import { readScript } from '../lib/script.ts';
import { openStore, type WrittenRecord } from '../lib/store.ts';
import type { Emulator } from './emulator.ts';

const hourMs = 60 * 60 * 1000;
const fileLifetimeMs = 24 * hourMs;
const maxBytes = 256 * 1024 * 1024;
const contentTypes = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

const described = { contentType: z.string(), createdAt: z.number() };
const outputSchema = z.object({ ...described, prompt: z.string() });
const fileSchema = z.object({
  ...described,
  id: z.string(),
  name: z.string(),
  metadata: z.record(z.string(), z.json()),
});

type StoredFile = z.infer<typeof fileSchema> & { bytes: Buffer };

/** Opens a store of bytes that JSON of a schema describes. */
function openByteStore<Value extends JsonObject & { createdAt: number }>(
  name: string,
  schema: z.ZodType<Value>,
  lifetimeMs: number,
  { records, pace: { now } }: Emulator,
) {
  return openStore<Value & { bytes: Buffer }>({
    name,
    records,
    lifetimeMs,
    maxBytes,
    sizeOf: ({ bytes }) => bytes.length,
    now,
    encode: ({ bytes, ...content }): WrittenRecord => ({ content, bytes }),
    decode({ key, content, bytes }) {
      // Earlier versions wrote the id as the key alone.
      const { data } = schema.safeParse(isObject(content) ? { id: key, ...content } : content);
      return data && bytes && { ...data, bytes };
    },
  });
}

export type Outputs = ReturnType<typeof openOutputs>;

/** The finished pictures, as on a delivery host: readable without a token, and deleted after an hour. */
export function openOutputs(emulator: Emulator) {
  const store = openByteStore('outputs', outputSchema, hourMs, emulator);
  return {
    /** @returns a path of this server that cannot be guessed */
    add(bytes: Buffer, index: number, format: PictureOrder['format'], prompt: string): string {
      const key = randomBytes(24).toString('base64url');
      const createdAt = emulator.pace.now();
      if (!readScript(prompt).has('expired'))
        store.add(key, { bytes, contentType: contentTypes[format], prompt, createdAt });
      return `/pbxt/${key}/out-${index}.${format}`;
    },
    /** The picture at a path of this server; undefined where there is none, or it has expired. */
    find: (path: string) => store.get(/^\/pbxt\/([\w-]+)\/out-\d+\.\w+$/.exec(path)?.[1] ?? ''),
    sweep: store.sweep,
  };
}

export type Files = ReturnType<typeof openFiles>;

/** Uploaded inputs; each expires after a day. */
export function openFiles(emulator: Emulator) {
  const store = openByteStore('files', fileSchema, fileLifetimeMs, emulator);
  return {
    ...store,
    /** Stores the file of a multipart body; undefined where there is no `content` in it. */
    async create(body: Buffer, contentType: string): Promise<StoredFile | undefined> {
      const request = new Response(new Uint8Array(body), { headers: { 'Content-Type': contentType } });
      const form = await request.formData().catch(() => undefined);
      const content = form?.get('content');
      if (!(content instanceof File)) return undefined;
      const part = form?.get('metadata') ?? '';
      const metadata = parseJson(part instanceof File ? await part.text() : part);
      const file: StoredFile = {
        id: randomBytes(24).toString('base64url'),
        name: content.name,
        contentType: content.type || 'application/octet-stream',
        bytes: Buffer.from(await content.arrayBuffer()),
        metadata: isObject(metadata) ? metadata : {},
        createdAt: emulator.pace.now(),
      };
      store.add(file.id, file);
      return file;
    },
  };
}

/** The file in the API's format. */
export function fileBody(file: StoredFile, origin: string): JsonObject {
  const { id, name, contentType, bytes, metadata, createdAt } = file;
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  return {
    id,
    name,
    content_type: contentType,
    size: bytes.length,
    etag: hash('md5'),
    checksums: { sha256: hash('sha256'), md5: hash('md5') },
    metadata,
    created_at: new Date(createdAt).toISOString(),
    expires_at: new Date(createdAt + fileLifetimeMs).toISOString(),
    urls: { get: `${origin}/v1/files/${id}` },
  };
}
