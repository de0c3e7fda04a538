/** `npm run admin -- backup` on the folder of a stopped server. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { admin, adminOnFullDisk, embeddedPlace, type Place } from '../../tests/support/backup-drill.ts';
import { newImage } from '../../tests/support/tasks.ts';
import { readSecret } from '../data-dir.ts';
import { applyMigrations, migrationsFolder, pendingMigrations } from '../database/migrate.ts';
import { openPglite, pgliteMigrationTarget } from '../database/pglite.ts';
import { openSecretBox } from '../webhooks/delivery/secret-box.ts';

/** Several commands start. */
const timeout = 180_000;
/** The last migration of an earlier version. */
const earlier = '20261129220001_api-key-spending';
const folderOf = ({ variables }: Place) => variables['DATA_DIR']!;

async function withDatabase<Result>(
  place: Place,
  work: (opened: Awaited<ReturnType<typeof openPglite>>) => Promise<Result>,
): Promise<Result> {
  const opened = await openPglite({ folder: path.join(folderOf(place), 'database') });
  return work(opened).finally(() => opened.close());
}

it(
  'restores a backup of an earlier version, migrated, with its secret or not at all',
  { timeout },
  async () => {
    const from = await embeddedPlace({ isNew: true });
    await withDatabase(from, async ({ pglite }) => {
      await applyMigrations(pgliteMigrationTarget(pglite), migrationsFolder, earlier);
      await pglite.exec(
        `INSERT INTO "User" ("id", "name", "email", "updatedAt") VALUES ('u', 'Ada', 'ada@example.test', now());
      INSERT INTO "Installation" ("id") VALUES ('first')`,
      );
    });
    const secret = await readSecret(folderOf(from));
    const file = path.join(folderOf(from), 'backup.tar');
    expect(await admin(from, 'backup', 'create', file)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/rows +2\n/),
    });

    const to = await embeddedPlace({ isNew: true });
    const other = { variables: { ...to.variables, AUTH_SECRET: 'another secret of 32 letters and more' } };
    expect(await admin(other, 'backup', 'restore', file)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/AUTH_SECRET is not that .* tar -xOf .* --new-secret/),
    });
    expect(await readdir(folderOf(to))).toEqual([]);

    expect(await admin(to, 'backup', 'restore', file)).toMatchObject({ code: 0 });
    expect((await readFile(path.join(folderOf(to), 'secret'), 'utf8')).trim()).toBe(secret);
    await withDatabase(to, async ({ pglite, prisma }) => {
      expect(await pendingMigrations(pgliteMigrationTarget(pglite))).toEqual([]);
      expect(await prisma.user.findMany()).toMatchObject([
        { id: 'u', email: 'ada@example.test', role: 'USER' },
      ]);
    });
    expect(await admin(to, 'backup', 'restore', file)).toMatchObject({
      code: 1,
      error: expect.stringMatching(/not empty: there are rows in User/),
    });
  },
);

it('restores a backup of a rotation with its secret among the accepted ones', { timeout }, async () => {
  const [before, during, after] = ['before', 'during', 'after'].map(
    (name) => `the secret ${name} of 32 letters and more`,
  ) as [string, string, string];
  const withSecret = ({ variables }: Place, secret: string, accepted = '') => ({
    variables: { ...variables, AUTH_SECRET: secret, AUTH_SECRETS_ACCEPTED: accepted },
  });
  const from = await embeddedPlace();
  await withDatabase(from, async ({ prisma }) => {
    await prisma.user.create({ data: { id: 'u', name: 'Ada', email: 'ada@example.test' } });
    // As while a rotation has encrypted only some of them again.
    for (const current of [before, during]) {
      const secret = openSecretBox({ current, accepted: [] }).seal('whsec_abc');
      const data = { id: randomUUID(), userId: 'u', url: 'https://hooks.example/', secret };
      await prisma.webhookEndpoint.create({ data: { ...data, events: ['TASK_COMPLETED'] } });
    }
  });
  const file = path.join(folderOf(from), 'backup.tar');
  expect(await admin(withSecret(from, during, before), 'backup', 'create', file)).toMatchObject({ code: 0 });

  const to = await embeddedPlace({ isNew: true });
  expect(await admin(withSecret(to, after, before), 'backup', 'restore', file)).toMatchObject({
    code: 1,
    error: expect.stringMatching(/AUTH_SECRET is not that .* AUTH_SECRETS_ACCEPTED/),
  });
  const partly = await admin(withSecret(to, after, during), 'backup', 'restore', file);
  expect(partly.code).toBe(0);
  expect(partly.out).toMatch(/unreadableWebhookSecrets +1\n/);
  expect(partly.out + partly.error).toMatch(/secrets of 1 webhook endpoint.* AUTH_SECRETS_ACCEPTED/);
  const whole = await embeddedPlace({ isNew: true });
  const all = await admin(withSecret(whole, after, `${before},${during}`), 'backup', 'restore', file);
  expect(all.code).toBe(0);
  expect(all.out).not.toContain('unreadable');
});

it('leaves nothing under the name where the disk is full', { timeout }, async () => {
  const from = await embeddedPlace();
  const image = newImage('u', { id: randomUUID() });
  await withDatabase(from, async ({ prisma }) => {
    await prisma.user.create({ data: { id: 'u', name: 'Ada', email: 'ada@example.test' } });
    await prisma.image.create({ data: image });
  });
  for (const [key, size] of [
    [image.storageKey, 25_000_000],
    [image.thumbnailKey, 100],
  ] as const) {
    const picture = path.join(folderOf(from), 'pictures', key);
    await mkdir(path.dirname(picture), { recursive: true });
    await writeFile(picture, '');
    await truncate(picture, size);
  }
  const before = await readdir(folderOf(from));
  // Beyond what the database itself writes.
  const { code, error } = await adminOnFullDisk(
    20_000,
    from,
    'backup',
    'create',
    path.join(folderOf(from), 'backup.tar'),
  );
  expect(code).toBe(1);
  expect(error).toContain('EFBIG');
  expect((await readdir(folderOf(from))).filter((name) => name !== 'lock')).toEqual(before);
});
