/** The database adapter of better-auth, with methods of the product's own. */
import type { BetterAuthOptions, DBAdapter, DBTransactionAdapter } from 'better-auth';

type OpenAdapter = (options: BetterAuthOptions) => DBAdapter;
type Override = (adapter: DBTransactionAdapter) => Partial<DBTransactionAdapter>;

/** The same adapter with the methods of the overrides, each on top of the ones before it, in transactions too. */
export function withOverrides(open: OpenAdapter, ...overrides: Override[]): OpenAdapter {
  return (options) => {
    const adapter = open(options);
    const overridden = (inner: DBTransactionAdapter) =>
      overrides.reduce((below, override) => ({ ...below, ...override(below) }), inner);
    return {
      ...adapter,
      ...overridden(adapter),
      transaction: (work) => adapter.transaction((inner) => work(overridden(inner))),
    };
  };
}

/** Leaves the deletion of users to `deleteUser`, which deletes the row once everything else of the user is gone. */
export function keepUsers(adapter: DBTransactionAdapter): Pick<DBTransactionAdapter, 'delete'> {
  return {
    delete: async (query) => (query.model === 'user' ? undefined : adapter.delete(query)),
  };
}
