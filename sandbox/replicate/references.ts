import { measure } from '../drawing/pictures.ts';
import { callLoopback, isLoopback } from '../lib/http-client.ts';
import type { Files, Outputs } from './files.ts';

/** Thrown where an input cannot be used; its message is the prediction's error. */
export class InputError extends Error {
  override name = 'InputError';
}

export interface PictureStores {
  files: Files;
  outputs: Outputs;
}

const maxBytes = 100 * 1024 * 1024;
const timeoutMs = 10_000;

export type Reference = Awaited<ReturnType<typeof readReferences>>[number];

/**
 * Fetches the pictures that an input names: data URIs, files uploaded or made here, and addresses on this machine.
 * @throws {InputError} where one cannot be fetched or is no picture.
 */
export async function readReferences(
  addresses: readonly string[],
  stores: PictureStores,
  signal: AbortSignal,
) {
  const readings = addresses.map(async (address, index) => {
    const fail = (reason: string) => () => {
      throw new InputError(`Input validation error: image_input.${index}: ${reason}`);
    };
    const bytes = await fetchBytes(address, stores, signal).catch(fail('could not fetch the file'));
    return { bytes, dimensions: await measure(bytes).catch(fail('cannot identify image file')) };
  });
  return await Promise.all(readings);
}

async function fetchBytes(
  address: string,
  { files, outputs }: PictureStores,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (address.startsWith('data:')) return await (await fetch(address)).bytes();
  if (isLoopback(address)) {
    // Files of this emulator are found by their path, because a restart changes the port in their address.
    const { pathname } = new URL(address);
    const id = /^\/v1\/files\/([\w-]+)(?:\/download)?$/.exec(pathname)?.[1];
    const own = id === undefined ? outputs.find(pathname) : files.get(id);
    if (own) return own.bytes;
  }
  const { status, body } = await callLoopback(address, { method: 'GET', maxBytes, timeoutMs, signal });
  if (status !== 200) throw new Error(`The address answered with ${status}`);
  return body;
}
