import { measure } from '../drawing/pictures.ts';
import type { Size } from '../drawing/raster.ts';
import { callLoopback, isLoopback } from '../lib/http-client.ts';
import type { Files, Outputs } from './files.ts';

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
    return (id === undefined ? outputs.find(pathname) : files.get(id))?.bytes;
  }

  async function fetchBytes(address: string, signal: AbortSignal): Promise<Uint8Array> {
    if (address.startsWith('data:')) return await (await fetch(address)).bytes();
    const own = isLoopback(address) ? findOwn(address) : undefined;
    if (own) return own;
    const { status, body } = await callLoopback(address, { method: 'GET', maxBytes, timeoutMs, signal });
    if (status !== 200) throw new Error(`The address answered with ${status}`);
    return body;
  }

  /** @throws {InputError} where it cannot be fetched or is no picture. */
  async function readReference(address: string, index: number, signal: AbortSignal): Promise<Reference> {
    const fail = (reason: string) => () => {
      throw new InputError(`Input validation error: image_input.${index}: ${reason}`);
    };
    const bytes = await fetchBytes(address, signal).catch(fail('could not fetch the file'));
    return { bytes, dimensions: await measure(bytes).catch(fail('cannot identify image file')) };
  }

  return async (addresses: readonly string[], signal: AbortSignal): Promise<Reference[]> =>
    await Promise.all(addresses.map((address, index) => readReference(address, index, signal)));
}
