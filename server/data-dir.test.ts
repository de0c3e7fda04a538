import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareDataDir, readSecret } from './data-dir.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-data-'));
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

describe('prepareDataDir', () => {
  it('closes a new folder, and one that was open, to other users', async () => {
    const made = path.join(folder, 'deep', 'new');
    await prepareDataDir(made);
    expect(await modeOf(made)).toBe(0o700);
    const open = path.join(folder, 'open');
    await mkdir(open, { mode: 0o755 });
    await prepareDataDir(open);
    expect(await modeOf(open)).toBe(0o700);
    expect(await readdir(open)).toEqual([]);
  });

  it('rejects with the reason where a file stands in the way', async () => {
    await writeFile(path.join(folder, 'file'), '');
    await expect(prepareDataDir(path.join(folder, 'file', 'data'))).rejects.toMatchObject({
      code: 'ENOTDIR',
    });
  });
});

describe('readSecret', () => {
  it('makes one secret, which only its owner can read, for all that ask at once', async () => {
    const secrets = await Promise.all([readSecret(folder), readSecret(folder), readSecret(folder)]);
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toMatch(/^[\w-]{43}$/);
    expect(await modeOf(path.join(folder, 'secret'))).toBe(0o600);
    expect(await readdir(folder)).toEqual(['secret']);
  });

  it('keeps a secret that is there', async () => {
    const secret = await readSecret(folder);
    expect(await readSecret(folder)).toBe(secret);
    expect(await readFile(path.join(folder, 'secret'), 'utf8')).toBe(secret);
  });

  it.each(['', '\n', 'short'])('refuses a file that holds %j, and leaves it as it is', async (text) => {
    const file = path.join(folder, 'secret');
    await writeFile(file, text);
    await expect(readSecret(folder)).rejects.toThrow(/holds no secret.*delete it/);
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
