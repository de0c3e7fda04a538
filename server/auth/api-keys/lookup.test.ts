import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/databases.ts';
import { addUser } from '../../../tests/support/tasks.ts';
import { createKeyLookup } from './lookup.ts';
import { createSecret, digestOf } from './secret.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** A key, and a lookup whose statements are counted. */
async function addKey(input: { lastRequest?: Date } = {}) {
  const { prisma } = database;
  const userId = await addUser(prisma, 0);
  const secret = createSecret();
  const data = { userId, name: 'Test', start: 'psk_', permissions: '{"api":["READ","LATER"]}' };
  const { id } = await prisma.apiKey.create({ data: { ...data, ...input, key: digestOf(secret) } });
  const statements = { reads: 0, writes: [] as Promise<number>[] };
  const counting = {
    $queryRaw(...query: Parameters<typeof prisma.$queryRaw>) {
      statements.reads += 1;
      return prisma.$queryRaw(...query);
    },
    $executeRaw(...query: Parameters<typeof prisma.$executeRaw>) {
      const write = prisma.$executeRaw(...query);
      statements.writes.push(write);
      return write;
    },
  } as unknown as typeof prisma;
  const lookup = createKeyLookup({ prisma: counting, log: { info() {}, warn() {}, error() {} } });
  const lastRequest = async () => (await prisma.apiKey.findUniqueOrThrow({ where: { id } })).lastRequest;
  return { userId, id, secret, lookup, statements, lastRequest };
}

it('reads concurrent requests in one statement, and records their use once', async () => {
  const { userId, id, secret, lookup, statements, lastRequest } = await addKey();
  const holders = await Promise.all(Array.from({ length: 50 }, () => lookup(secret)));
  expect(new Set(holders.map((holder) => JSON.stringify(holder)))).toEqual(
    // A scope of a later version is left out.
    new Set([JSON.stringify({ id: userId, apiKeyId: id, credentialId: id, scopes: ['READ'], role: 'USER' })]),
  );
  expect([statements.reads, statements.writes.length]).toEqual([1, 1]);
  await Promise.all(statements.writes);
  const usedAt = await lastRequest();
  expect(usedAt).not.toBeNull();
  await lookup(secret);
  expect([statements.reads, statements.writes.length]).toEqual([2, 1]);
  expect(await lastRequest()).toEqual(usedAt);
});

it('records the use again after a minute', async () => {
  const { secret, lookup, statements, lastRequest } = await addKey({
    lastRequest: new Date(Date.now() - 90_000),
  });
  await lookup(secret);
  expect(await Promise.all(statements.writes)).toEqual([1]);
  expect((await lastRequest())!.getTime()).toBeGreaterThan(Date.now() - 60_000);
});

it('refuses a mistyped secret without a statement, and an unknown one', async () => {
  const { secret, lookup, statements } = await addKey();
  const refusal = { code: 'UNAUTHENTICATED' };
  await expect(lookup(`${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`)).rejects.toMatchObject(
    refusal,
  );
  expect(statements.reads).toBe(0);
  await expect(lookup(createSecret())).rejects.toMatchObject(refusal);
});
