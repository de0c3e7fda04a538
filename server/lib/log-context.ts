/** What the lines of the log have in common while one piece of work runs: its task, for example. */
import { AsyncLocalStorage } from 'node:async_hooks';

const context = new AsyncLocalStorage<Readonly<Record<string, string>>>();

/** Runs the work with these fields on every line that is logged in it, also by code that knows nothing of them. */
export function withLogFields<Result>(fields: Readonly<Record<string, string>>, work: () => Result): Result {
  return context.run({ ...context.getStore(), ...fields }, work);
}

/** The fields of the work that runs now. */
export function logFields(): Readonly<Record<string, string>> {
  return context.getStore() ?? {};
}
