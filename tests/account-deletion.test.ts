/** The deletion of an account: what goes, what stays, and that it is finished after a crash. */
import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import sharp from 'sharp';
import { startApp } from '../server/app.ts';
import { createUserDeletion } from '../server/account/user-deletion.ts';
import { readConfig } from '../server/config/config.ts';
import { openDatabase } from '../server/database/open.ts';
import { createLogger } from '../server/lib/logger.ts';
import { audit } from '../server/tasks/audit.ts';
import { createCaller, follow, generate } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { prepareInstallation } from './support/installation.ts';

const password = 'correct horse battery';
const log = { info: () => {}, warn: () => {}, error: () => {} };

async function start(env: Record<string, string> = {}) {
  const { variables, dataDir, remove } = await prepareInstallation(env);
  const app = await startApp(readConfig(variables), createLogger('fatal'));
  let isOpen = true;
  const close = async () => {
    if (isOpen) await app.close();
    isOpen = false;
  };
  onTestFinished(async () => {
    await close();
    await remove();
  });
  const post = async (action: string, body: object, token?: string) => {
    const answer = await fetch(`${app.url}/api/auth/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    return { status: answer.status, ...((await answer.json()) as { token?: string; code?: string }) };
  };
  const email = `${randomUUID()}@example.test`;
  const { token } = await post('sign-up/email', { name: 'Leaving Person', email, password });
  const pictures = async () => {
    const files = await readdir(path.join(dataDir, 'pictures'), { recursive: true, withFileTypes: true });
    return files.filter((file) => file.isFile() && /\.(webp|png|jpe?g)$/.test(file.name)).length;
  };
  /** Stops the app, and opens its database. */
  const openAfterwards = async () => {
    await close();
    const url = variables['DATABASE_URL'];
    const database = await openDatabase({ url, dataDir });
    onTestFinished(() => database.close());
    return database.prisma;
  };
  return { app, email, token: token!, caller: createCaller(app.url, token), post, pictures, openAfterwards };
}

const picture = () =>
  sharp({ create: { width: 32, height: 18, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();

it('refuses a wrong password', async () => {
  const { token, post, openAfterwards } = await start();
  expect(await post('delete-user', { password: 'a wrong one' }, token)).toMatchObject({
    status: 400,
    code: 'INVALID_PASSWORD',
  });
  const prisma = await openAfterwards();
  expect(await prisma.user.count()).toBe(1);
});

it('removes the person and everything of it, and keeps the ledger, which adds up', async () => {
  const { email, token, caller, post, pictures, openAfterwards } = await start();
  await follow(caller, (await generate(caller)).id);
  await caller.upload(await picture());
  const { secret } = await createKey(caller);
  const running = await generate(caller, { prompt: 'A slow red kite' });
  expect(running.status).not.toBe('SUCCESS');
  expect(await pictures()).toBeGreaterThan(0);

  expect(await post('delete-user', { password }, token)).toMatchObject({ status: 200 });
  expect(await caller.ask('{ viewer { id } }')).toEqual({ viewer: null });
  expect(await post('sign-in/email', { email, password })).toMatchObject({ status: 401 });
  // The address is free again at once, for an account of its own.
  expect(await post('sign-up/email', { name: 'Another', email, password })).toMatchObject({ status: 200 });
  await expect.poll(pictures).toBe(0);

  const prisma = await openAfterwards();
  const [deleted] = await prisma.deletedUser.findMany();
  const userId = deleted!.userId;
  const entries = await prisma.creditEntry.findMany({ where: { userId }, orderBy: { number: 'asc' } });
  expect(entries.map(({ kind }) => kind)).toEqual(['GRANT', 'CHARGE', 'CHARGE', 'REFUND']);
  expect((await audit(prisma)).filter(({ faults }) => faults.length > 0)).toEqual([]);
  expect(await rowsNaming(prisma, [userId])).toEqual(['CreditEntry', 'DeletedTask', 'DeletedUser']);
  expect(
    await rowsNaming(prisma, ['Leaving Person', createHash('sha256').update(secret).digest('base64url')]),
  ).toEqual([]);
});

it('is finished later where the storage does not answer, and the account is closed at once', async () => {
  const { caller, post, token, openAfterwards } = await start();
  await caller.upload(await picture());
  await follow(caller, (await generate(caller)).id);
  const { viewer } = await caller.ask<{ viewer: { id: string } }>('{ viewer { id } }');
  const userId = Buffer.from(viewer.id, 'base64').toString().split(':')[1]!;
  await post('sign-out', {}, token);
  const prisma = await openAfterwards();

  let left = 1;
  const discarded: string[] = [];
  const deletion = createUserDeletion({
    prisma,
    tasks: { cancel: async () => Promise.reject(new Error('Nothing runs')) },
    images: {
      discard: async (batch) => {
        if (left === 0) discarded.push(...batch.map(({ storageKey }) => storageKey));
        return left;
      },
    },
    log,
  });
  await expect(deletion.deleteUser(userId)).rejects.toThrow(/storage/);
  expect(await prisma.user.findUnique({ where: { id: userId } })).toMatchObject({
    name: '',
    email: `${userId}@deleted.invalid`,
    deletingAt: expect.any(Date),
    disabledAt: expect.any(Date),
    role: 'USER',
  });
  expect(await prisma.image.count({ where: { userId } })).toBe(2);

  const withoutPictures = await prisma.user.create({
    data: { name: '', email: 'other@deleted.invalid', deletingAt: new Date(0) },
  });
  await deletion.resume();
  expect(await prisma.user.count({ where: { id: withoutPictures.id } })).toBe(0);

  left = 0;
  await deletion.resume();
  expect(discarded).toHaveLength(2);
  expect(await prisma.user.count({ where: { id: userId } })).toBe(0);
  expect((await audit(prisma)).filter(({ faults }) => faults.length > 0)).toEqual([]);
  expect(await deletion.deleteUser(userId)).toBe(false);
});

/** The tables with a row that contains one of the texts anywhere. */
async function rowsNaming(
  prisma: Awaited<ReturnType<typeof openDatabase>>['prisma'],
  texts: string[],
): Promise<string[]> {
  const tables = await prisma.$queryRaw<{ name: string }[]>`
    SELECT relname AS "name" FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname`;
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await prisma.$queryRawUnsafe<[{ count: number }]>(
      `SELECT count(*)::int AS "count" FROM "${name}" AS "row" WHERE EXISTS (
         SELECT FROM unnest($1::text[]) AS "text" WHERE strpos(to_jsonb("row")::text, "text") > 0)`,
      texts,
    );
    if (row.count > 0) found.push(name);
  }
  return found;
}
