import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestServerDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { readRows } from './read-rows.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestServerDatabase();
});
afterAll(() => database?.close());

// Longer than the limits of the server's session and of the client.
const statement = Prisma.sql`SELECT pg_sleep(9)::text, current_setting('statement_timeout') AS "limit"`;

it('lets a long statement run for longer than others, and only that one', async () => {
  const { prisma } = database;
  expect(await readRows(prisma, statement, { isLong: true })).toMatchObject([{ limit: '1min' }]);
  // Over the same connection.
  expect(await readRows(prisma, Prisma.sql`SELECT current_setting('statement_timeout') AS "limit"`)).toEqual([
    { limit: '5s' },
  ]);
});
