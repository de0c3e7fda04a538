/** What users see of pictures that the retention removed, and that one node at a time removes them. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../server/database/open.ts';
import { expireResults } from '../server/images/retention.ts';
import { createStoredFiles } from '../server/images/stored-files.ts';
import { createLocalStorage } from '../server/storage/local.ts';
import { follow, generate, signUp } from './support/api.ts';
import { createMigratedServerDatabase } from './support/databases.ts';
import { startTestApp } from './support/start-app.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

interface Shown {
  task: { images: { url: string }[] };
}

it('removes pictures with their files, one node at a time, and the API says so', async () => {
  const server = await createMigratedServerDatabase();
  onTestFinished(() => server.drop());
  const app = await startTestApp({ DATABASE_URL: server.url });
  onTestFinished(() => app.remove());
  const caller = await signUp(app.url);
  const { id } = await generate(caller, { prompt: 'A red kite' });
  await follow(caller, id);
  const read = () =>
    caller.ask<Shown>(
      `query ($id: ID!) {
        task(id: $id) { status images { url } removedImages imagesExpiredAt refundedCredits }
        viewer { credits storage { usedBytes } }
      }`,
      { id },
    );
  const before = await read();
  expect(before).toMatchObject({ task: { removedImages: 0, imagesExpiredAt: null } });
  const { url } = before.task.images[0]!;
  expect((await fetch(url)).status).toBe(200);

  const database = await openDatabase({ url: server.url, dataDir: app.dataDir });
  onTestFinished(() => database.close());
  const folder = path.join(app.dataDir, 'pictures');
  const storage = createLocalStorage({ folder, baseUrl: `${app.url}/files`, secret: 's' });
  const expire = () =>
    expireResults({
      prisma: database.prisma,
      images: createStoredFiles({ storage, ownPrefix: () => Promise.reject(new Error('unused')), log }),
      clock: { nowMs: () => Date.now() + 31 * 86_400_000 },
      retentionDays: 30,
      log,
    });
  const other = new Client({ connectionString: server.url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN; SELECT pg_advisory_xact_lock(72707370)');
  expect(await expire()).toBe(0);
  await other.query('COMMIT');
  expect(await expire()).toBe(1);

  expect(await read()).toEqual({
    task: {
      status: 'SUCCESS',
      images: [],
      removedImages: 1,
      imagesExpiredAt: expect.any(String),
      refundedCredits: 0,
    },
    viewer: { credits: 18, storage: { usedBytes: 0 } },
  });
  expect((await fetch(url)).status).toBe(404);
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  expect(files.filter((file) => file.isFile() && /png|webp|jpg/.test(file.name))).toEqual([]);
});
