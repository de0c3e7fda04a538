import { AsyncLocalStorage } from 'node:async_hooks';

/** What code that logs needs of a logger; pino's own type is wider. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

type LogFields = Readonly<Record<string, string>>;

const context = new AsyncLocalStorage<LogFields>();

/** Runs the work with these fields on every line that is logged in it, also by code that knows nothing of them. */
export function withLogFields<Result>(fields: LogFields, work: () => Result): Result {
  return context.run({ ...context.getStore(), ...fields }, work);
}

/** The fields of the work that runs now. */
export function logFields(): LogFields {
  return context.getStore() ?? {};
}
