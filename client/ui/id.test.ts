import { afterEach, describe, expect, it, vi } from 'vitest';
import { createId } from './id.ts';

describe('createId', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('makes version 4 UUIDs, each another', () => {
    const ids = Array.from({ length: 1000 }, createId);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(1000);
  });

  it('works where the context is not secure: without crypto.randomUUID', () => {
    const { crypto } = globalThis;
    vi.stubGlobal('crypto', {
      getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes),
    });
    expect(createId()).toHaveLength(36);
  });
});
