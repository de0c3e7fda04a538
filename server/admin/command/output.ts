/** What the command prints: tables for people, JSON for scripts. */
import { isJsonObject } from '../../lib/json.ts';

/** A list of the API. */
interface Page {
  nodes: unknown[];
  totalCount?: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const instant = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/;

function cell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // Names and reasons are texts of users: no character of theirs may move the cursor of the terminal.
  return text.replace(instant, '$1 $2Z').replaceAll(/\p{Cc}/gu, '\uFFFD');
}

function valueAt(row: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], row);
}

/** The rows under the names of the columns. */
export function table(rows: readonly unknown[], columns: readonly string[]): string {
  const cells = rows.map((row) => columns.map((path) => cell(valueAt(row, path))));
  const widths = columns.map((name, index) =>
    Math.max(name.length, ...cells.map((row) => row[index]!.length)),
  );
  return [columns, ...cells]
    .map((row) =>
      row
        .map((text, index) => text.padEnd(widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One object, a field a line; those of objects within it under their path. */
export function fields(value: unknown): string {
  const rows = [...fieldsOf(value, '')];
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n');
}

function* fieldsOf(value: unknown, prefix: string): Generator<[string, string]> {
  if (!isJsonObject(value)) return yield [prefix, cell(value)];
  for (const [name, inner] of Object.entries(value))
    yield* fieldsOf(inner, prefix ? `${prefix}.${name}` : name);
}

/** What a command shows of its result. */
export function shown(answer: unknown, columns: readonly string[] | undefined): string {
  if (!columns) return fields(answer);
  const { nodes, totalCount, pageInfo } = Array.isArray(answer)
    ? { nodes: answer, totalCount: undefined, pageInfo: undefined }
    : (answer as Page);
  const count = totalCount === undefined ? [] : [`${nodes.length} of ${totalCount}`];
  const next = pageInfo?.hasNextPage ? [`next page: --after ${pageInfo.endCursor}`] : [];
  return [table(nodes, columns), [...count, ...next].join(', ')].filter((text) => text !== '').join('\n\n');
}
