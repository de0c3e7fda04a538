/** The port to the storage of pictures. Every adapter passes `tests/support/conformance/storage.ts`. */
import { extname } from 'node:path';
import type { Readable } from 'node:stream';

/** Thrown by `get` where nothing is stored under the key. */
export class ObjectNotFound extends Error {
  override name = 'ObjectNotFound';
}

/** Thrown where a key is not of the form that `assertKey` takes. */
export class InvalidKey extends Error {
  override name = 'InvalidKey';
}

export interface StoredObject {
  key: string;
  storedAt: Date;
}

/** An object that is being read. */
export interface OpenObject {
  byteSize: number;
  /** Changes whenever the object is replaced; in quotes, as HTTP writes it. */
  etag: string;
  /** To be read to its end or destroyed. */
  bytes: Readable;
}

export interface ImageStorage {
  /** Stores the bytes under the key, replacing what was there; a reader sees the old or the new bytes, never a mixture. */
  put(key: string, bytes: Uint8Array, options: { contentType: string }): Promise<void>;
  /** @throws {ObjectNotFound} */
  get(key: string): Promise<Uint8Array>;
  /** Removes the object; does nothing where there is none. */
  delete(key: string): Promise<void>;
  /**
   * The objects below a folder: those whose key is `<folder>/…`, with the time they were stored, by the storage's own
   * clock. Objects that are stored or deleted during the listing may be missing.
   * @throws {InvalidKey}
   */
  list(folder: string): AsyncIterable<StoredObject>;
  /** An absolute address that anyone may GET for at least 30 minutes; the same one within a window, so that caches work. */
  url(key: string): string | Promise<string>;
  /** Opens the object as a stream, for a reader of any speed. @throws {ObjectNotFound} */
  open(key: string): Promise<OpenObject>;
  /** Resolves where the storage can be written and read now; rejects with the reason otherwise. */
  check(): Promise<void>;
}

const keyForm = /^[a-z0-9][a-z0-9_-]*(\/[a-z0-9][a-z0-9_-]*)*(\.[a-z0-9]+)?$/;

/** Keys are lower-case words joined by slashes, with one extension at most, 200 characters at most: `images/0198…-abc.png`. */
export function isKey(key: string): boolean {
  return key.length <= 200 && keyForm.test(key);
}

/** @throws {InvalidKey} where `isKey` says no */
export function assertKey(key: string): void {
  if (!isKey(key)) throw new InvalidKey(`Not a storage key: ${JSON.stringify(key)}`);
}

const contentTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

/** The content type that a key's extension stands for. */
export function contentTypeOf(key: string): string {
  return contentTypes[extname(key)] ?? 'application/octet-stream';
}
