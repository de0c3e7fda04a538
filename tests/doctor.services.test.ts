/** `npm run admin -- doctor`: faults of PostgreSQL and Redis, each named. */
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  createServerDatabase,
  openTestServerDatabase,
  type TestDatabase,
  runStatements,
} from './support/databases.ts';
import { examined } from './support/doctor.ts';
import { withPooler } from './support/pooler.ts';
import { closedAddress } from './support/scripted-server.ts';

const AUTH_SECRET = 'a secret for tests of 32 letters and more';
const redisUrl = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const prefix = `test-${randomUUID()}`;
const user = `doctor_${randomUUID().replaceAll('-', '')}`;

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestServerDatabase();
  await runStatements(database.url!, `CREATE ROLE ${user} LOGIN`);
});
afterAll(async () => {
  await runStatements(database.url!, `DROP OWNED BY ${user}`, `DROP ROLE ${user}`);
  await database.close();
});

const examine = (url: string, env: Record<string, string> = {}) =>
  examined({ DATABASE_URL: url, AUTH_SECRET, SANDBOX: 'off', ...env });
const as = (username: string, url = database.url!) => Object.assign(new URL(url), { username }).href;

it('finds nothing wrong with services that can be used', async () => {
  const findings = await examine(database.url!, { REDIS_URL: redisUrl, REDIS_PREFIX: prefix });
  expect(Object.entries(findings).filter(([, text]) => text.startsWith('failed'))).toEqual([]);
  const checks = ['database', 'database pooler', 'database rights', 'pg_trgm', 'migrations', 'clock'];
  for (const check of [...checks, 'redis', 'redis channels']) expect(findings[check]).toMatch(/^ok/);
});

describe('PostgreSQL', () => {
  it('names a server that is away, and a user that may not come in', async () => {
    const away = await examine(`${(await closedAddress()).replace('http:', 'postgres:')}/x`);
    expect(away['database']).toMatch(/^failed: PostgreSQL at .* cannot be reached.*ECONNREFUSED/);
    expect(away['migrations']).toBe('skipped: The database cannot be used.');
    expect((await examine(as('nobody_there')))['database']).toMatch(
      /^failed: PostgreSQL at .* does not let nobody_there in\. Check user and password/,
    );
  });

  it('names a read-only role', async () => {
    await runStatements(database.url!, `ALTER ROLE ${user} SET default_transaction_read_only = on`);
    onTestFinished(() =>
      runStatements(database.url!, `ALTER ROLE ${user} RESET default_transaction_read_only`),
    );
    expect((await examine(as(user)))['database rights']).toMatch(
      /^failed: Transactions are read-only.*ALTER ROLE/,
    );
  });

  it('names a user without rights to create, to write, and to alter', async () => {
    const rights = async () => (await examine(as(user)))['database rights'];
    expect(await rights()).toMatch(
      /^failed: The user may not create .*permission denied.*GRANT ALL ON SCHEMA/,
    );
    await runStatements(database.url!, `GRANT ALL ON SCHEMA public TO ${user}`);
    expect(await rights()).toMatch(
      /^failed: The user may not read and write the tables Account, .*GRANT SELECT, INSERT/,
    );
    await runStatements(database.url!, `GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`);
    expect(await rights()).toMatch(/^warning: Another user owns the tables Account, .*OWNER TO/);
  });

  it('names an extension that is missing and may not be created, and the migrations of an older schema', async () => {
    const { url, drop } = await createServerDatabase();
    onTestFinished(drop);
    expect(await examine(url)).toMatchObject({
      pg_trgm: 'ok: The first start creates the extension.',
      migrations: expect.stringMatching(/^ok: The first start applies \d+ migrations\.$/),
    });
    expect((await examine(as(user, url)))['pg_trgm']).toMatch(
      /^failed: .*As a superuser run .*CREATE EXTENSION pg_trgm$/,
    );
    await runStatements(url, 'CREATE TABLE "Task" ("id" text)');
    expect((await examine(url))['migrations']).toMatch(
      /^failed: .*lacks the migrations \d+.*Start the server once/,
    );
  });

  it('names a pooler in transaction mode', async () => {
    await withPooler(database.url!, 'transaction', async (url) => {
      expect((await examine(url))['database pooler']).toMatch(
        /^failed: .*pooler in transaction mode.*session/,
      );
    });
  });
});

describe('Redis', () => {
  it('names one that is away', async () => {
    const REDIS_URL = (await closedAddress()).replace('http:', 'redis:');
    expect((await examine(database.url!, { REDIS_URL }))['redis']).toMatch(
      /^failed: Redis at .* cannot be reached.*ECONNREFUSED/,
    );
  });

  it('names a wrong password, and a user without the rights to channels or counters', async () => {
    const admin = new Redis(redisUrl);
    onTestFinished(async () => {
      await admin.acl('DELUSER', user);
      admin.disconnect();
    });
    const set = (...rules: string[]) => admin.acl('SETUSER', user, 'reset', 'on', '>right', ...rules);
    const at = async (password: string) => {
      const REDIS_URL = Object.assign(new URL(redisUrl), { username: user, password }).href;
      return examine(database.url!, { REDIS_URL, REDIS_PREFIX: prefix });
    };
    await set(`~${prefix}:*`, '+@all', '-@pubsub');
    expect((await at('wrong'))['redis']).toMatch(/^failed: Redis at .* does not let this user in.*WRONGPASS/);
    expect(await at('right')).toMatchObject({
      redis: expect.stringMatching(/^ok/),
      'redis channels': expect.stringMatching(/^failed: Redis refuses the channel .*NOPERM.*ACL SETUSER/),
    });
    await set(`~${prefix}:*`, `&${prefix}:*`, '+@connection', '+subscribe', '+publish');
    expect(await at('right')).toMatchObject({
      redis: expect.stringMatching(/^failed: Redis does not let this user count .*NOPERM.*ACL SETUSER/),
      'redis channels': expect.stringMatching(/^ok/),
    });
    // What the explanations say to grant is enough.
    await set(
      `~${prefix}:*`,
      '+@read',
      '+@write',
      '+@scripting',
      '+@connection',
      `&${prefix}:*`,
      '+subscribe',
      '+publish',
    );
    expect(await at('right')).toMatchObject({
      redis: expect.stringMatching(/^ok/),
      'redis channels': expect.stringMatching(/^ok/),
    });
  });
});
