import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { createServerDatabase } from '../../tests/support/databases.ts';
import { refuseOtherSessions } from './other-sessions.ts';
import { openPostgresSession } from './session.ts';

it('names connections that stay, and waits for those that end', async () => {
  const { url, drop } = await createServerDatabase();
  onTestFinished(drop);
  const session = await openPostgresSession(url);
  onTestFinished(() => session.close());
  const other = new Client({ connectionString: url, application_name: 'a node' });
  await other.connect();
  await expect(refuseOtherSessions(session)).rejects.toThrow(
    /in use by 1 other connection\(s\): a node at .*Stop every node/,
  );
  const query = async <Row extends object>(text: string) => {
    const rows = await session.query<Row>(text);
    // Seen once, it ends.
    await other.end();
    return rows;
  };
  await refuseOtherSessions({ query });
});

it('counts no session that says another schema', async () => {
  const { url, drop } = await createServerDatabase();
  onTestFinished(drop);
  const inSchema = (schema: string) => {
    const address = new URL(url);
    address.searchParams.set('schema', schema);
    return address.href;
  };
  const session = await openPostgresSession(inSchema('other'));
  onTestFinished(() => session.close());
  const elsewhere = await openPostgresSession(url);
  onTestFinished(() => elsewhere.close());
  await refuseOtherSessions(session);
  const beside = await openPostgresSession(inSchema('other'));
  onTestFinished(() => beside.close());
  await expect(refuseOtherSessions(session)).rejects.toThrow(
    '1 other connection(s): proofsheet, schema other at',
  );
});
