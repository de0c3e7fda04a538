/** A row lock that is held for longer than the server waits: what is answered and what is charged agree. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createMigratedServerDatabase } from './support/databases.ts';
import { credits, generate, generateVariables, signUp } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let database: Awaited<ReturnType<typeof createMigratedServerDatabase>>;

beforeAll(async () => {
  database = await createMigratedServerDatabase();
  app = await startTestApp({ DATABASE_URL: database.url });
});
afterAll(async () => {
  await app?.remove();
  await database?.drop();
});

// Turns red where the client gives up before the server does: the charge then comes after the answer.
it('charges nothing for a generateImage that waited too long for a lock, and settles it by its key', async () => {
  const caller = await signUp(app.url);
  const other = new Client({ connectionString: database.url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN');
  await other.query('SELECT FROM "User" FOR UPDATE');
  const released = other.query('SELECT pg_sleep(7)').then(() => other.query('COMMIT'));

  const input = { idempotencyKey: 'one' };
  const { data, errors } = await caller.post<{ generateImage: null }>(
    `mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }`,
    generateVariables(input),
  );
  await released;
  const waiting = `SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND query ILIKE '%"paid"%' AND pid <> pg_backend_pid()`;
  await expect.poll(async () => (await other.query(waiting)).rows).toEqual([]);
  expect({ refused: errors?.length, credits: await credits(caller) }).toEqual({ refused: 1, credits: 20 });
  expect(data).toEqual({ generateImage: null });
  expect(errors).toMatchObject([
    {
      message: expect.stringMatching(/nothing was charged.*same idempotency key/),
      extensions: { code: 'INTERNAL', id: expect.any(String) },
    },
  ]);

  const task = await generate(caller, input);
  expect((await generate(caller, input)).id).toBe(task.id);
  expect(await credits(caller)).toBe(18);
});
