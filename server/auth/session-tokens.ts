/** Session tokens at rest: the database holds their digests, so that a copy of it opens no session. */
import { hash } from 'node:crypto';
import type { DBTransactionAdapter, Where } from 'better-auth';
import { batchSize, inBatches } from '../database/batches.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';

const mark = 'sha256:';

/** What the database holds in place of the token. */
export function digestOf(token: string): string {
  return mark + hash('sha256', token, 'hex');
}

/** The values that a row with this token may hold: its digest; the token itself, from before digests were stored. */
export function storedForms(token: string): string[] {
  return token.startsWith(mark) ? [digestOf(token)] : [digestOf(token), token];
}

/** Replaces tokens that an earlier version stored. Run some time after a start: nodes of that version find them no more. */
export async function digestOldTokens(prisma: PrismaClient): Promise<number> {
  // Rows that another node is replacing are its own: a digest must not be digested again.
  return inBatches(
    () => prisma.$executeRaw`
      UPDATE "Session" SET "token" = ${mark} || encode(sha256(convert_to("token", 'UTF8')), 'hex')
      WHERE "id" IN (
        SELECT "id" FROM "Session" WHERE left("token", ${mark.length}::int) <> ${mark}
        LIMIT ${batchSize}::int FOR UPDATE SKIP LOCKED)`,
  );
}

type Row = { token?: unknown };
type Translated = Pick<
  DBTransactionAdapter,
  'create' | 'findOne' | 'findMany' | 'update' | 'updateMany' | 'delete' | 'deleteMany'
>;

/** For better-auth, which sees tokens where the rows hold digests. */
export function digestTokens(adapter: DBTransactionAdapter): Translated {
  return {
    async create<T extends Record<string, unknown>, R = T>(
      query: Parameters<typeof adapter.create<T, R>>[0],
    ) {
      const { token } = query.data as Row;
      if (query.model !== 'session' || typeof token !== 'string') return adapter.create<T, R>(query);
      const created = await adapter.create<T, R>({
        ...query,
        data: { ...query.data, token: digestOf(token) },
      });
      return { ...created, token };
    },
    async findOne<T>(query: Parameters<typeof adapter.findOne>[0]) {
      return restored(await adapter.findOne<T>(toRead(query)), query);
    },
    async findMany<T>(query: Parameters<typeof adapter.findMany>[0]) {
      const rows = await adapter.findMany<T>(toRead(query));
      return rows.map((row) => restored(row, query));
    },
    async update<T>(query: Parameters<typeof adapter.update>[0]) {
      return restored(await adapter.update<T>(toWrite(query)), query);
    },
    updateMany: (query) => adapter.updateMany(toWrite(query)),
    delete: (query) => adapter.delete(toWrite(query)),
    deleteMany: (query) => adapter.deleteMany(toWrite(query)),
  };
}

interface Query {
  model: string;
  where?: Where[] | undefined;
}

/** A digest that is presented as a token finds nothing: it may come from a copy of the database. */
const toRead = <Q extends Query>(query: Q): Q => withTokens(query, storedForms);

/** A digest names its row: better-auth ends sessions that it has listed. */
const toWrite = <Q extends Query>(query: Q): Q =>
  withTokens(query, (token) => (token.startsWith(mark) ? [token] : storedForms(token)));

function withTokens<Q extends Query>(query: Q, forms: (token: string) => string[]): Q {
  if (query.model !== 'session' || !query.where) return query;
  const where = query.where.map((condition): Where => {
    if (condition.field !== 'token') return condition;
    const isNegative = condition.operator === 'ne' || condition.operator === 'not_in';
    return {
      ...condition,
      operator: isNegative ? 'not_in' : 'in',
      value: tokensOf(condition).flatMap(forms),
    };
  });
  return { ...query, where };
}

function tokensOf({ value }: Where): string[] {
  return [value].flat().filter((each) => typeof each === 'string');
}

/** The row with the token that the query asked for in the place of its digest. */
function restored<T>(row: T, { model, where = [] }: Query): T {
  const { token } = (row ?? {}) as Row;
  if (model !== 'session' || typeof token !== 'string') return row;
  const asked = where.filter(({ field }) => field === 'token').flatMap(tokensOf);
  const clear = asked.find((each) => digestOf(each) === token);
  return clear === undefined ? row : { ...row, token: clear };
}
