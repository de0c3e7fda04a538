/** Tables of texts that can be replaced by the same tables in another language while the page is open. */
import { flatten, translator } from '@solid-primitives/i18n';
import { createMemo, createRoot, createSignal } from 'solid-js';

/** By the names of the tables. Parts of the page that are loaded later bring tables of their own. */
export type Tables = Readonly<Record<string, object>>;

const [tables, setTables] = createSignal<Tables>({});

/** Shows every text in another language; where a table is not among these, in the language it was written in. */
export function showTables(next: Tables): void {
  setTables(next);
}

/**
 * Has the shape of the table `own` and reads the one of that name that is shown now: whatever reads it in JSX or in an
 * effect follows a change of language. A text kept outside of those stays in the language in which it was read.
 */
export function createMessages<Messages extends object>(name: string, own: Messages): Messages {
  // Lives as long as the page.
  const flat = createRoot(() =>
    createMemo<Record<string, unknown>>(() => flatten((tables()[name] ?? own) as never)),
  );
  return view(own, '', translator(flat)) as Messages;
}

function view(
  table: object,
  prefix: string,
  translate: (path: string, ...values: never[]) => unknown,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(table)) {
    const path = `${prefix}${key}`;
    if (typeof text === 'function') result[key] = (...values: never[]) => translate(path, ...values);
    else if (typeof text === 'object' && !Array.isArray(text))
      result[key] = view(text as object, `${path}.`, translate);
    else Object.defineProperty(result, key, { get: () => translate(path), enumerable: true });
  }
  return result;
}
