/** Valid requests of each kind, to be mutated. */
import { hash } from 'node:crypto';
import { generateVariables } from './api.ts';
import { drawPicture } from './pictures.ts';

const persisted = '{ viewer { credits } }';

/** Queries and mutations of the owner of the task of that id. */
export function createOperations(id: string) {
  return [
    { query: '{ viewer { credits tasks(first: 2, filter: { status: [SUCCESS] }) { nodes { id } } } }' },
    {
      query: 'query ($id: ID!, $a: Boolean!) { task(id: $id) { id @skip(if: $a) } }',
      variables: { id, a: true },
    },
    { query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', variables: { ids: [id, id] } },
    {
      query: `query ($filter: TaskFilter, $after: String) {
        viewer { tasks(filter: $filter, after: $after, first: 3) { pageInfo { endCursor } totalCount } } }`,
      variables: { filter: { search: 'kite', createdAfter: '2026-01-01T00:00:00Z' }, after: null },
    },
    {
      query: `query A { ...F } fragment F on Query { __type(name: "Task") { fields { name } } } query B { ...F }`,
      operationName: 'A',
    },
    {
      query: persisted,
      extensions: { persistedQuery: { version: 1, sha256Hash: hash('sha256', persisted) } },
    },
    {
      query: 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }',
      // Under one key, so that few of the mutations make a task of their own.
      variables: generateVariables({ idempotencyKey: 'a', options: { seed: 7, aspectRatio: '1:1' } }),
    },
    { query: 'mutation ($id: ID!) { cancelTask(id: $id) { task { id status } } }', variables: { id } },
  ];
}

/** The body of an upload, whose boundary is `x`. */
export async function createUpload(): Promise<Buffer> {
  const query = 'mutation ($file: File!) { uploadImage(file: $file) { image { width } } }';
  const part = (disposition: string, value: string | Buffer) =>
    Buffer.concat([
      Buffer.from(`--x\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]);
  return Buffer.concat([
    part('name="operations"', JSON.stringify({ query, variables: { file: null } })),
    part('name="map"', '{"0":["variables.file"]}'),
    part('name="0"; filename="a.png"', await drawPicture({ width: 8, height: 8 }).png().toBuffer()),
    Buffer.from('--x--\r\n'),
  ]);
}
