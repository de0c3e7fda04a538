/** Arguments and options that several commands have. */
import type { Values } from './commands.ts';
import { UsageError } from './usage-error.ts';

/** Of a command that lists. */
export const pageOptions = {
  limit: { type: 'string', hint: 'number', help: 'How many rows, 1 to 100 (20).' },
  after: { type: 'string', hint: 'cursor', help: 'Where the page before ended.' },
} as const;

/** The variables of a page. @throws {UsageError} */
export const pageOf = ({ limit, after }: Values) => ({
  first: limit === undefined ? 20 : integer(limit as string, '--limit', 1, 100),
  after,
});

export const pageFields = 'pageInfo { hasNextPage endCursor }';

/** @throws {UsageError} */
export function integer(text: string, name: string, min: number, max: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name} is a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
}

/** The instant of a day (UTC) or an ISO 8601 time. @throws {UsageError} */
export function instant(text: string | boolean | undefined, name: string): string | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text as string);
  if (/^\d{4}-\d\d-\d\d/.test(text as string) && !Number.isNaN(time)) return new Date(time).toISOString();
  throw new UsageError(`${name} is a day such as 2026-11-01, not ${JSON.stringify(text)}.`);
}

/** An address has an @, an id has none. */
export const userVariables = (user: string | undefined) =>
  user === undefined ? {} : user.includes('@') ? { email: user } : { user };
