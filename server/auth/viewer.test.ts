import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { addUser } from '../../tests/support/tasks.ts';
import { createKeyLookup } from './api-keys/lookup.ts';
import { createViewers, sessionTimes } from './viewer.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** A session, the headers that carry its token, and viewers whose judge finds the signature of every token right. */
async function signedIn({ lastsS = sessionTimes.expiresIn } = {}) {
  const { prisma } = database;
  const userId = await addUser(prisma, 0);
  const expiresAt = new Date(Date.now() + lastsS * 1000);
  const session = await prisma.session.create({ data: { token: randomUUID(), userId, expiresAt } });
  const judged: string[] = [];
  const viewer = createViewers({
    log: { info: () => {}, warn: () => {}, error: () => {} },
    prisma,
    async getSession(headers) {
      const [, token = ''] = (headers.get('authorization') ?? '').split(' ');
      judged.push(token);
      if (token === 'broken') throw new Error('Unreadable credentials');
      const found = await prisma.session.findUnique({ where: { token } });
      return found && { session: found };
    },
    keyHolder: createKeyLookup({ prisma, log: { info() {}, warn() {}, error() {} } }),
  });
  const bearing = (token: string) => new Headers({ authorization: `Bearer ${token}` });
  const headers = bearing(session.token);
  const select = { id: true, name: true, email: true, credits: true, role: true };
  const account = await prisma.user.findUniqueOrThrow({ where: { id: userId }, select });
  const is = { id: userId, credentialId: session.id, role: 'USER', account };
  return { viewer, judged, session, headers, bearing, is };
}

describe('the viewer of a request', () => {
  it('is null without credentials, and the database is not asked', async () => {
    const { viewer, judged } = await signedIn();
    expect(await viewer(new Headers({ 'user-agent': 'test' }))).toBeNull();
    expect(judged).toEqual([]);
  });

  it('is judged once for all concurrent requests, and never again', async () => {
    const { viewer, judged, headers, is } = await signedIn();
    const together = await Promise.all(Array.from({ length: 50 }, () => viewer(headers)));
    expect(together).toEqual(Array.from({ length: 50 }, () => is));
    expect(await viewer(headers)).toEqual(is);
    expect(judged).toHaveLength(1);
  });

  it('has the account as it is at each request', async () => {
    const { viewer, headers, is } = await signedIn();
    await viewer(headers);
    await database.prisma.user.update({ where: { id: is.id }, data: { name: 'Renamed' } });
    expect(await viewer(headers)).toEqual({ ...is, account: { ...is.account, name: 'Renamed' } });
  });

  it('is null from the moment the session has gone', async () => {
    const { viewer, session, headers, is } = await signedIn();
    // Judged, then known: what is known must not be the session.
    expect([await viewer(headers), await viewer(headers)]).toEqual([is, is]);
    await database.prisma.session.delete({ where: { id: session.id } });
    expect(await viewer(headers)).toBeNull();
  });

  it('is null while the user is disabled, judged or known', async () => {
    const { viewer, headers, is } = await signedIn();
    const set = (disabledAt: Date | null) =>
      database.prisma.user.update({ where: { id: is.id }, data: { disabledAt } });
    // A session that began while the user was being disabled.
    await set(new Date());
    expect(await viewer(headers)).toBeNull();
    await set(null);
    expect(await viewer(headers)).toEqual(is);
    await set(new Date());
    expect(await viewer(headers)).toBeNull();
  });

  it('is judged again where the session is old enough to be prolonged', async () => {
    const lastsS = sessionTimes.expiresIn - sessionTimes.updateAge - 1;
    const { viewer, judged, headers, is } = await signedIn({ lastsS });
    expect([await viewer(headers), await viewer(headers)]).toEqual([is, is]);
    expect(judged).toHaveLength(2);
  });

  it('does not suffer from the credentials of others', async () => {
    const { viewer, headers, bearing, is } = await signedIn();
    const [broken, unknown, own] = await Promise.allSettled([
      viewer(bearing('broken')),
      viewer(bearing('unknown')),
      viewer(headers),
    ]);
    expect(broken).toMatchObject({ status: 'rejected' });
    expect(unknown).toEqual({ status: 'fulfilled', value: null });
    expect(own).toEqual({ status: 'fulfilled', value: is });
  });
});
