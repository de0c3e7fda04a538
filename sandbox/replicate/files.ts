import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { isObject, type JsonObject } from '../lib/json.ts';
import type { Records } from '../lib/records.ts';
import { openStore } from '../lib/store.ts';

interface StoredFile {
  id: string;
  name: string;
  contentType: string;
  bytes: Buffer;
  metadata: JsonObject;
  createdAt: number;
}

export interface Files {
  /** Stores the file of a multipart body; undefined where there is no `content` in it. */
  create(body: Buffer, contentType: string): Promise<JsonObject | undefined>;
  find(id: string): JsonObject | undefined;
  read(id: string): { bytes: Buffer; contentType: string } | undefined;
  list(): JsonObject[];
  delete(id: string): boolean;
  /** Deletes expired files. */
  sweep(): void;
}

const lifetimeMs = 24 * 60 * 60 * 1000;
const maxStoredBytes = 256 * 1024 * 1024;

const recordSchema = z.object({
  name: z.string(),
  contentType: z.string(),
  metadata: z.record(z.string(), z.json()),
  createdAt: z.number(),
});

/** Uploaded inputs; each expires after a day. */
export function openFiles({
  origin,
  records,
  now,
}: {
  origin: string;
  records: Records;
  now: () => number;
}): Files {
  const store = openStore<StoredFile>({
    name: 'files',
    records,
    lifetimeMs,
    maxBytes: maxStoredBytes,
    sizeOf: ({ bytes }) => bytes.length,
    now,
    encode: ({ id: _id, bytes, ...content }) => ({ content, bytes }),
    decode({ key: id, content, bytes }) {
      const { data } = recordSchema.safeParse(content);
      return data && bytes && { ...data, id, bytes };
    },
  });

  const describe = (file: StoredFile) => describeFile(file, origin);

  return {
    async create(body, contentType) {
      const form = await readForm(body, contentType);
      const content = form?.get('content');
      if (!form || !(content instanceof File)) return undefined;
      const file: StoredFile = {
        id: randomBytes(24).toString('base64url'),
        name: content.name,
        contentType: content.type || 'application/octet-stream',
        bytes: Buffer.from(await content.arrayBuffer()),
        metadata: await readMetadata(form.get('metadata')),
        createdAt: now(),
      };
      store.add(file.id, file);
      return describe(file);
    },
    find(id) {
      const file = store.get(id);
      return file && describe(file);
    },
    read: (id) => store.get(id),
    list: () => store.values().toReversed().map(describe),
    delete: (id) => store.delete(id),
    sweep: store.sweep,
  };
}

function describeFile(file: StoredFile, origin: string): JsonObject {
  const { id, name, contentType, bytes, metadata, createdAt } = file;
  const hash = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
  const md5 = hash('md5');
  return {
    id,
    name,
    content_type: contentType,
    size: bytes.length,
    etag: md5,
    checksums: { sha256: hash('sha256'), md5 },
    metadata,
    created_at: new Date(createdAt).toISOString(),
    expires_at: new Date(createdAt + lifetimeMs).toISOString(),
    urls: { get: `${origin}/v1/files/${id}` },
  };
}

async function readForm(body: Buffer, contentType: string): Promise<FormData | undefined> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'Content-Type': contentType } }).formData();
  } catch {
    return undefined;
  }
}

async function readMetadata(part: FormDataEntryValue | null): Promise<JsonObject> {
  try {
    const metadata: unknown = JSON.parse(part instanceof File ? await part.text() : (part ?? '{}'));
    return isObject(metadata) ? metadata : {};
  } catch {
    return {};
  }
}
