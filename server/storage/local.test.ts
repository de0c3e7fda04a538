import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeStorage } from '../../tests/support/conformance/storage.ts';
import { createFilesHandler } from './files.ts';
import { createLocalStorage } from './local.ts';

const secret = 'a secret of the tests';

describeStorage('the local storage', async ({ clock }) => {
  const folder = await mkdtemp(join(tmpdir(), 'proofsheet-local-'));
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const storage = createLocalStorage({ folder, baseUrl: `http://127.0.0.1:${port}/files`, secret, clock });
  const handle = createFilesHandler({ storage, secret, clock });
  return {
    storage,
    async close() {
      await new Promise((closed) => server.close(closed));
      await rm(folder, { recursive: true });
    },
  };
});

describe('the folder of the local storage', () => {
  let parent: string;
  let folder: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'proofsheet-local-'));
    folder = join(parent, 'made', 'at need');
  });
  afterEach(() => rm(parent, { recursive: true }));

  const create = () => createLocalStorage({ folder, baseUrl: 'http://localhost/files', secret });
  const put = (key: string) => create().put(key, Buffer.from('x'), { contentType: 'image/png' });

  it('is not touched before the first write', async () => {
    create();
    expect(await readdir(parent)).toEqual([]);
  });

  it('holds nothing but whole files after writes, checks and refused keys', async () => {
    await put('images/a.png');
    await create().check();
    await expect(put('../escaped.png')).rejects.toThrow('Not a storage key');
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([
      '.incoming',
      'images',
      join('images', 'a.png'),
    ]);
    expect(await readdir(parent)).toEqual(['made']);
  });

  it('loses the leftovers of a killed process, not what is being written now', async () => {
    const incoming = join(folder, '.incoming');
    await mkdir(incoming, { recursive: true });
    await writeFile(join(incoming, 'left'), 'half');
    await writeFile(join(incoming, 'fresh'), 'half');
    const twoHoursAgo = Date.now() / 1000 - 7200;
    await utimes(join(incoming, 'left'), twoHoursAgo, twoHoursAgo);
    await put('a.png');
    expect(await readdir(incoming)).toEqual(['fresh']);
  });

  it('leaves no temporary file behind when the write fails', async () => {
    await mkdir(join(folder, 'taken.png'), { recursive: true });
    await expect(put('taken.png')).rejects.toThrow();
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
    expect((await stat(join(folder, 'taken.png'))).isDirectory()).toBe(true);
  });

  it('fails its check where it cannot be written', async () => {
    await writeFile(join(parent, 'made'), 'a file where the folder should be');
    await expect(create().check()).rejects.toThrow(/ENOTDIR|EEXIST/);
  });

  it('keeps every picture of many written at once', async () => {
    const storage = create();
    const pictures = Array.from({ length: 40 }, (_, index) => ({
      key: `images/${index}.png`,
      bytes: randomBytes(2000),
    }));
    await Promise.all(
      pictures.map(({ key, bytes }) => storage.put(key, bytes, { contentType: 'image/png' })),
    );
    for (const { key, bytes } of pictures) expect(bytes.equals(await storage.get(key))).toBe(true);
  });
});
