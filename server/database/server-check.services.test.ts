import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from './open.ts';
import { checkServer } from './server-check.ts';
import { moveMark } from './unfinished-move.ts';
import { createServerDatabase, runStatements } from '../../tests/support/databases.ts';
import { withPooler } from '../../tests/support/pooler.ts';

let url: string;
let drop: () => Promise<void>;
beforeEach(async () => {
  ({ url, drop } = await createServerDatabase());
});
afterEach(() => drop());

/** The address with some of its parts replaced. */
const changed = (parts: Partial<Pick<URL, 'port' | 'username' | 'pathname' | 'search'>>) =>
  Object.assign(new URL(url), parts).href;

const run = (...statements: string[]) => runStatements(url, ...statements);

/** A port of loopback where nothing listens: it was free a moment ago, and systems hand ports out in turn. */
async function deafPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

describe('checkServer', () => {
  it('accepts a server that can be used', async () => {
    await checkServer(url);
  });

  it('says in one line that the server cannot be reached', async () => {
    const port = await deafPort();
    await expect(checkServer(changed({ port }))).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringMatching(
        new RegExp(`^PostgreSQL at [^ ]+:${port} cannot be reached.*ECONNREFUSED.*$`),
      ),
    });
  });

  it('says in one line that the database or the user is missing', async () => {
    await expect(checkServer(changed({ pathname: '/none_such' }))).rejects.toThrow(
      /has no database "none_such"\. Create it: createdb none_such/,
    );
    await expect(checkServer(changed({ username: 'none_such' }))).rejects.toThrow(
      /does not let none_such in/,
    );
  });

  // Turns red where only the migration finds out, in the words of PostgreSQL's `normalize`.
  it('says in one line that the database has another encoding than UTF8', async () => {
    const name = `proofsheet_test_${process.pid}_${Date.now()}`;
    await run(
      `CREATE DATABASE "${name}" ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    try {
      await expect(checkServer(changed({ pathname: `/${name}` }))).rejects.toMatchObject({
        name: 'StartupError',
        message: expect.stringMatching(
          new RegExp(`^The database "${name}" .* SQL_ASCII\\..*CREATE DATABASE <name> ENCODING 'UTF8'.*$`),
        ),
      });
    } finally {
      await run(`DROP DATABASE "${name}" WITH (FORCE)`);
    }
  });

  it('says in one line that the server does not speak TLS', async () => {
    await expect(checkServer(changed({ search: '?sslmode=verify-full' }))).rejects.toThrow(
      /does not speak TLS/,
    );
  });

  it('refuses a connection pooler in transaction mode, and accepts one in session mode', async () => {
    await expect(withPooler(url, 'transaction', checkServer)).rejects.toThrow(
      /pooler in transaction mode.*pool mode/,
    );
    await withPooler(url, 'session', checkServer);
  });
});

describe('openDatabase', () => {
  it('says in one line that the user may not create tables', async () => {
    const role = `proofsheet_test_${process.pid}_${Date.now()}`;
    await run(`CREATE ROLE "${role}" LOGIN`, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    try {
      await expect(openDatabase({ url: changed({ username: role }), dataDir: tmpdir() })).rejects.toThrow(
        `GRANT CREATE ON SCHEMA public TO ${role}`,
      );
    } finally {
      await run(`DROP ROLE "${role}"`);
    }
  });

  it('keeps its tables in the schema that the address names, beside an installation in another', async () => {
    await (await openDatabase({ url, dataDir: tmpdir() })).close();
    await run(`CREATE TABLE "${moveMark}" ()`);
    const database = await openDatabase({ url: changed({ search: '?schema=other app' }), dataDir: tmpdir() });
    try {
      await database.prisma.user.create({ data: { id: 'u', name: 'A', email: 'a@example.test' } });
      const [found] = await database.prisma.$queryRaw<{ schema: string; users: number }[]>`
        SELECT (SELECT count(*)::int FROM "User") AS "users", "table_schema" AS "schema"
        FROM information_schema.tables WHERE "table_name" = 'Task' AND "table_schema" <> 'public'`;
      expect(found).toEqual({ schema: 'other app', users: 1 });
    } finally {
      await database.close();
    }
    await run('SELECT 1 FROM "other app"."User"');
  });
});
