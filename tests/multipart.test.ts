/** The GraphQL multipart request specification, case by case: https://github.com/jaydenseric/graphql-multipart-request-spec */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, signUp } from './support/api.ts';
import { extensions } from './support/cost.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;
let picture: File;

beforeAll(async () => {
  app = await startTestApp({ OPERATIONS_PER_MINUTE: '100000' });
  caller = await signUp(app.url);
  const bytes = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'navy' } })
    .png()
    .toBuffer();
  picture = new File([new Uint8Array(bytes)], 'a.png', { type: 'image/png' });
});
afterAll(() => app?.remove());

const send = (body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${caller.token}`, ...headers },
    body,
  });
/** Parts in the order given. */
const form = (parts: [string, string | File][]) => {
  const data = new FormData();
  for (const [name, value] of parts) data.append(name, value);
  return data;
};
const upload = 'mutation ($file: File!) { uploadImage(file: $file) { image { width height } } }';
const operations = JSON.stringify({ query: upload, variables: { file: null } });
const map = '{"0":["variables.file"]}';

describe('a multipart request', () => {
  it('carries a file into a variable', async () => {
    const answer = await send(
      form([
        ['operations', operations],
        ['map', map],
        ['0', picture],
      ]),
    );
    expect(await answer.json()).toEqual({
      data: { uploadImage: { image: { width: 40, height: 30 } } },
      extensions,
    });
  });

  it('carries one file into several variables, and several files into one operation', async () => {
    const query = `mutation ($a: File!, $b: File!, $c: File!) {
      a: uploadImage(file: $a) { image { width } } b: uploadImage(file: $b) { image { width } } c: uploadImage(file: $c) { image { width } } }`;
    const answer = await send(
      form([
        ['operations', JSON.stringify({ query, variables: { a: null, b: null, c: null } })],
        ['map', '{"0":["variables.a","variables.b"],"second":["variables.c"]}'],
        ['0', picture],
        ['second', picture],
      ]),
    );
    const image = { image: { width: 40 } };
    expect(await answer.json()).toEqual({ data: { a: image, b: image, c: image }, extensions });
  });

  it('may hold an operation without a file', async () => {
    const answer = await send(
      form([
        ['operations', '{"query":"{ __typename }"}'],
        ['map', '{}'],
      ]),
    );
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' }, extensions });
  });
});

const malformed: Record<string, () => BodyInit> = {
  'no part': () => form([]),
  'no operations': () =>
    form([
      ['map', map],
      ['0', picture],
    ]),
  'operations that are no JSON': () =>
    form([
      ['operations', '{'],
      ['map', map],
      ['0', picture],
    ]),
  'operations that are a number': () =>
    form([
      ['operations', '1'],
      ['map', map],
      ['0', picture],
    ]),
  'operations that are null': () =>
    form([
      ['operations', 'null'],
      ['map', map],
      ['0', picture],
    ]),
  'operations that are text': () =>
    form([
      ['operations', '"a"'],
      ['map', map],
      ['0', picture],
    ]),
  'operations that are a file': () =>
    form([
      ['operations', picture],
      ['map', map],
      ['0', picture],
    ]),
  'a list of operations': () =>
    form([
      ['operations', `[${operations}]`],
      ['map', '{"0":["0.variables.file"]}'],
      ['0', picture],
    ]),
  'no map': () =>
    form([
      ['operations', operations],
      ['0', picture],
    ]),
  'a map that is no JSON': () =>
    form([
      ['operations', operations],
      ['map', '{'],
      ['0', picture],
    ]),
  'a map that is null': () =>
    form([
      ['operations', operations],
      ['map', 'null'],
      ['0', picture],
    ]),
  'a map that is a list': () =>
    form([
      ['operations', operations],
      ['map', '["variables.file"]'],
      ['0', picture],
    ]),
  'a map that is text': () =>
    form([
      ['operations', operations],
      ['map', '"a"'],
      ['0', picture],
    ]),
  'a map that is a file': () =>
    form([
      ['operations', operations],
      ['map', picture],
      ['0', picture],
    ]),
  'a map to null': () =>
    form([
      ['operations', operations],
      ['map', '{"0":null}'],
      ['0', picture],
    ]),
  'a map to a number': () =>
    form([
      ['operations', operations],
      ['map', '{"0":1}'],
      ['0', picture],
    ]),
  'a map to numbers': () =>
    form([
      ['operations', operations],
      ['map', '{"0":[1]}'],
      ['0', picture],
    ]),
  'a path to nowhere': () =>
    form([
      ['operations', operations],
      ['map', '{"0":["a.b.c"]}'],
      ['0', picture],
    ]),
  'an empty path': () =>
    form([
      ['operations', operations],
      ['map', '{"0":[""]}'],
      ['0', picture],
    ]),
  'a path through the query': () =>
    form([
      ['operations', operations],
      ['map', '{"0":["query.a"]}'],
      ['0', picture],
    ]),
  'a path to the query': () =>
    form([
      ['operations', operations],
      ['map', '{"0":["query"]}'],
      ['0', picture],
    ]),
  'a path to the variables': () =>
    form([
      ['operations', operations],
      ['map', '{"0":["variables"]}'],
      ['0', picture],
    ]),
  'a path to the prototype': () =>
    form([
      ['operations', operations],
      ['map', '{"0":["__proto__.query","constructor.a"]}'],
      ['0', picture],
    ]),
  'a path of 5,000 steps': () =>
    form([
      ['operations', operations],
      ['map', `{"0":["variables${'.a'.repeat(5_000)}"]}`],
      ['0', picture],
    ]),
  'no file': () =>
    form([
      ['operations', operations],
      ['map', map],
    ]),
  'text for a file': () =>
    form([
      ['operations', operations],
      ['map', map],
      ['0', 'a'],
    ]),
  'another file': () =>
    form([
      ['operations', operations],
      ['map', map],
      ['1', picture],
    ]),
  'text in the variable': () =>
    form([
      ['operations', operations.replace('null', '"a.png"')],
      ['map', '{}'],
    ]),
  'an object in the variable': () =>
    form([
      ['operations', operations.replace('null', '{"size":1}')],
      ['map', '{}'],
    ]),
};

describe('a malformed multipart request is a fault of the caller', () => {
  it.each(Object.entries(malformed))('%s', async (_, body) => {
    const answer = await send(body());
    const { data, errors } = (await answer.json()) as {
      data?: object;
      errors: { extensions: { code: string } }[];
    };
    expect({ data: data ?? null, codes: errors.map(({ extensions }) => extensions.code) }).toEqual({
      data: null,
      codes: ['INVALID_INPUT'],
    });
    expect(answer.status).toBeLessThan(500);
  });

  const part = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  it.each<[string, string, string]>([
    ['no boundary', 'multipart/form-data', `${part('operations', operations)}--x--`],
    ['another boundary', 'multipart/form-data; boundary=y', `${part('operations', operations)}--x--`],
    ['no end', 'multipart/form-data; boundary=x', part('operations', operations)],
    ['no body', 'multipart/form-data; boundary=x', ''],
    ['no parts', 'multipart/form-data; boundary=x', '--x--\r\n'],
    [
      'parts without a name',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--',
    ],
    ['parts without a head', 'multipart/form-data; boundary=x', '--x\r\n\r\na\r\n--x--'],
    ['a head that does not end', 'multipart/form-data; boundary=x', `--x\r\nA: ${'a'.repeat(100_000)}`],
    ['an empty boundary', 'multipart/form-data; boundary=', `${part('operations', operations)}--x--`],
    ['another kind of parts', 'multipart/mixed; boundary=x', `${part('operations', operations)}--x--`],
  ])('%s', async (_, contentType, body) => {
    const answer = await send(body, { 'content-type': contentType });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(await answer.text()).not.toContain('INTERNAL');
  });

  it('10,000 parts, and as many places for one file', async () => {
    const many = Array.from({ length: 10_000 }, (_, index): [string, string] => [String(index), 'a']);
    const places = JSON.stringify({ 0: many.map(([name]) => `variables.a${name}`) });
    for (const parts of [[...many], [['map', places]] as [string, string][]]) {
      const answer = await send(form([['operations', operations], ...parts]));
      expect(answer.status).toBeLessThan(500);
      expect(await answer.text()).toContain('INVALID_INPUT');
    }
  });
});
