import { callLoopback, isLoopback } from '../lib/loopback-client.ts';
import { measure } from '../drawing/pictures.ts';
import type { Size } from '../drawing/raster.ts';
import type { Files } from './files.ts';
import type { Outputs } from './outputs.ts';

export interface Reference {
  bytes: Uint8Array;
  dimensions: Size;
}

/** Thrown where an input cannot be used; its message is the prediction's error. */
export class InputError extends Error {
  override name = 'InputError';
}

const maxBytes = 100 * 1024 * 1024;
const timeoutMs = 10_000;

/**
 * Fetches the pictures that an input names: data URIs, files uploaded or made here, and addresses on this machine.
 * Files of this emulator are found by their path, because a restart changes the port in their address.
 */
export function createReferenceReader({ files, outputs }: { files: Files; outputs: Outputs }) {
  function findOwn(address: string): Uint8Array | undefined {
    const { pathname } = new URL(address);
    const id = /^\/v1\/files\/([\w-]+)(?:\/download)?$/.exec(pathname)?.[1];
    return (id === undefined ? outputs.find(pathname) : files.read(id))?.bytes;
  }

  async function fetchBytes(address: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (address.startsWith('data:')) return readDataUri(address);
    if (!isLoopback(address)) return undefined;
    const own = findOwn(address);
    if (own) return own;
    const answer = await callLoopback(address, { method: 'GET', maxBytes, timeoutMs, signal }).catch(
      () => undefined,
    );
    return answer?.status === 200 ? answer.body : undefined;
  }

  /** @throws {InputError} where one cannot be fetched or is no picture. */
  return async function readReferences(
    addresses: readonly string[],
    signal: AbortSignal,
  ): Promise<Reference[]> {
    return await Promise.all(
      addresses.map(async (address, index) => {
        const bytes = await fetchBytes(address, signal);
        if (!bytes)
          throw new InputError(`Input validation error: image_input.${index}: could not fetch the file`);
        try {
          return { bytes, dimensions: await measure(bytes) };
        } catch {
          throw new InputError(`Input validation error: image_input.${index}: cannot identify image file`);
        }
      }),
    );
  };
}

function readDataUri(address: string): Uint8Array | undefined {
  const [head = '', ...data] = address.split(',');
  if (data.length === 0) return undefined;
  const body = data.join(',');
  return head.endsWith(';base64') ? Buffer.from(body, 'base64') : Buffer.from(decodeURIComponent(body));
}
