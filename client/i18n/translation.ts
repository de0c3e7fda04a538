/** Tables of texts that can be replaced by the same tables in another language while the page is open. */
import { flatten, translator } from '@solid-primitives/i18n';
import { createMemo, createRoot, createSignal } from 'solid-js';

/** By table name. Lazy parts of the page bring tables of their own. */
export type Tables = Readonly<Record<string, object>>;

const [tables, setTables] = createSignal<Tables>({});

/** Shows every text in another language; where a table is not among these, in the language it was written in. */
export function showTables(next: Tables): void {
  setTables(next);
}

/**
 * An object of the shape of `own` that reads the table shown under that name. Read in JSX or in an effect, it follows
 * a change of language; a stored text keeps its language.
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
