/** No single request takes the server down: whatever asks for too much is refused, alike over every transport. */
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, signUp } from './support/api.ts';
import { extensions } from './support/cost.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';
import { openSocket } from './support/socket.ts';
import { codesIn, type Operation, type Transport, transports } from './support/transports.ts';

let app: TestApp;
let caller: Caller;

beforeAll(async () => {
  app = await startTestApp({
    OPERATIONS_PER_MINUTE: '100000',
  });
  caller = await signUp(app.url);
});
afterAll(() => app?.remove());

const bearer = () => ({ authorization: `Bearer ${caller.token}` });
const times = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
const nested = (depth: number, open: string, inside: string, close: string) =>
  open.repeat(depth) + inside + close.repeat(depth);

const search = 'query ($filter: TaskFilter) { viewer { tasks(filter: $filter) { totalCount } } }';
const generateImage =
  'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';
const input = (fields: object) => ({
  input: { model: 'google/nano-banana', scene: 'IMAGE_TO_IMAGE', prompt: 'x', ...fields },
});
const withDeep = (query: string, [before, after]: [string, string]) =>
  `{"query":${JSON.stringify(query)},"variables":${before}${nested(5_000, '{"a":', '1', '}')}${after}}`;
/** 2 to the power of `levels` fields. */
const doubling = (levels: number) =>
  `{ viewer { ...f0 } } ${times(levels, (level) => `fragment f${level} on Viewer { ...f${level + 1} ...f${level + 1} }`)}
   fragment f${levels} on Viewer { id name }`;

/** Twelve times the same field, under other names. */
const many = (field: string, rest: string) =>
  Array.from({ length: 12 }, (_, index) => `b${index}: ${field} ${rest}`).join(' ');

const tooMuch: Record<string, Operation> = {
  depth: {
    query: `{ viewer { tasks(first: 1) { nodes { ${nested(6, 'images { task { ', 'id', '} } ')} } } } }`,
  },
  aliases: { query: `{ ${times(201, (index) => `a${index}: viewer { id }`)} }` },
  'aliases of __typename': { query: `{ ${times(201, (index) => `a${index}: __typename`)} }` },
  'aliases of __typename below a field': {
    query: `{ viewer { ${times(300, (index) => `a${index}: __typename`)} } }`,
  },
  'one field 400 times': { query: `{ viewer { ${'credits '.repeat(400)} } }` },
  'a subscription of many fields': {
    query: `subscription { taskUpdated { ${times(300, (index) => `a${index}: id`)} } }`,
  },
  'a subscription too deep': {
    query: `subscription { taskUpdated { ${nested(6, 'images { task { ', 'id', '} } ')} } }`,
  },
  'pages in pages': {
    query: `{ viewer { tasks(first: 100) { nodes { images { task { images { task { referenceImages { id } } } } } } } } }`,
  },
  'circles within the limit of levels': {
    query: `{ viewer { tasks(first: 1) { nodes { ${nested(3, 'images { task { ', 'images { url }', '} } ')} } } } }`,
  },
  'circles through references': {
    query: `{ viewer { tasks(first: 5) { nodes { ${nested(2, 'referenceImages { task { images { task { ', 'id', '} } } } ')} } } } }`,
  },
  'circles in the events of a subscription': {
    query: `subscription { taskUpdated { ${nested(2, 'images { task { ', 'images { url }', '} } ')} } }`,
  },
  'fragments that double': { query: doubling(60) },
  'the schema, many times over': {
    query: `{ ${'a'
      .repeat(150)
      .split('')
      .map((a, index) => `${a}${index}: __schema { ...S }`)
      .join(' ')} }
      fragment S on __Schema { types { ...F } }
      fragment F on __Type { ${many('fields', '{ type { ...G } }')} }
      fragment G on __Type { ${many('fields', '{ name }')} }`,
  },
  tokens: { query: `{ ${'viewer { id } '.repeat(1_000)} }` },
  'more faults than are worth a look': { query: `{ viewer { id ${'@a '.repeat(900)} } }` },
  directives: { query: `{ viewer { id ${'@include(if: true) '.repeat(400)} } }` },
  'a nesting of 5,000 selections': { query: nested(5_000, '{ a ', '', '}') },
  'a nesting of 5,000 lists': { query: `{ task(id: ${nested(5_000, '[', '1', ']')}) { id } }` },
  'a nesting of 5,000 list types': { query: `query ($a: ${nested(5_000, '[', 'ID', ']')}) { __typename }` },
};
const atFault: Record<string, Operation> = {
  'one directive 100 times': { query: `{ viewer { id ${'@include(if: true) '.repeat(100)} } }` },
  'a fragment of itself': { query: '{ viewer { ...a } } fragment a on Viewer { ...a }' },
  'fragments in a circle': {
    query: '{ viewer { ...a } } fragment a on Viewer { id ...b } fragment b on Viewer { id ...a }',
  },
  'introspection in circles': {
    query: `{ __schema { types { ${nested(6, 'fields { type { ', 'name', '} } ')} } } }`,
  },
  '30,000 references': {
    query: generateImage,
    variables: input({ referenceImages: Array.from({ length: 30_000 }, () => 'x') }),
  },
  'options nested 5,000 deep': withDeep(generateImage, [
    '{"input":{"model":"google/nano-banana","scene":"TEXT_TO_IMAGE","prompt":"x","providerOptions":',
    '}}',
  ]),
  'a variable nested 5,000 deep': withDeep(search, ['{"filter":', '}']),
};

describe.each(Object.keys(transports) as Transport[])('over %s', (transport) => {
  const ask = (operation: Operation) => transports[transport](app.url, operation, bearer());

  it.each(Object.entries(tooMuch))('refuses %s', async (_, operation) => {
    const answer = await ask(operation);
    expect(codesIn(answer)).toEqual(['QUERY_TOO_COMPLEX']);
    expect(answer.status ?? 200).toBeLessThan(500);
  });

  it.each(Object.entries(atFault))('calls %s a fault of the caller', async (_, operation) => {
    const answer = await ask(operation);
    expect(codesIn(answer)).toEqual(['INVALID_INPUT']);
    expect(answer.status ?? 200).toBeLessThan(500);
  });

  it('answers what tools ask of the schema', async () => {
    const answer = await ask({ query: getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }) });
    expect(answer.text).toContain('"__schema":{');
  });

  it('answers lists that say the same again and again', async () => {
    const status = Array.from({ length: 20_000 }, () => 'FAILED');
    const answer = await ask({ query: search, variables: { filter: { status } } });
    expect(answer.text).toContain('"data":{"viewer":{"tasks":{"totalCount":0}}}');
  });
});

describe('the errors of a faulty request', () => {
  const long = 'x'.repeat(100_000);
  const faulty: Record<string, Operation> = {
    'a name': { query: `{ ${long} }` },
    'a text': { query: `{ task(id: "a", ${long}: "${long}") { id } }` },
    'a value of an enum': { query: `{ models(scene: "${long}") { id } }` },
    'a variable': { query: generateImage, variables: input({ scene: long, options: { count: long } }) },
    'an unknown field of a variable': { query: generateImage, variables: input({ [long]: 1 }) },
    'many fields': { query: `{ ${times(90, (index) => `unknown${index}`)} }` },
    'many variables': {
      query: search,
      variables: { filter: Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`a${index}`, 1])) },
    },
    'conflicting fields': { query: `{ ${times(150, (index) => `a: task(id: "${index}") { id }`)} }` },
  };

  it.each(
    Object.entries(faulty).flatMap(([name, operation]) =>
      Object.entries(transports).map(([transport, ask]) => [name, transport, operation, ask] as const),
    ),
  )('is short: %s, over %s', async (_name, _transport, operation, ask) => {
    const answer = await ask(app.url, operation, bearer());
    expect(codesIn(answer)).toHaveLength(1);
    expect(answer.text.length).toBeLessThan(6_000);
    expect(answer.text.match(/"message":/g)!.length).toBeLessThanOrEqual(5);
  });
});

describe('a request', () => {
  const send = (body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...bearer(), ...headers },
      body,
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    });
  const operation = JSON.stringify({ query: '{ __typename }' });
  const long = operation.padEnd(300_000);
  /** Sent in chunks, without a length. */
  const streamed = (text: string) => new Blob([text]).stream();

  it('is refused where it holds many operations', async () => {
    const answer = await send(`[${Array(10).fill(operation).join(',')}]`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('INVALID_INPUT')]);
    const form = new FormData();
    form.set('operations', `[${operation},${operation}]`);
    form.set('map', '{}');
    expect((await send(form, {})).status).toBe(400);
  });

  it.each<[string, () => BodyInit]>([
    ['with its length', () => long],
    ['in chunks', () => streamed(long)],
  ])('is refused where an operation has more than 256 KB, %s', async (_, body) => {
    const answer = await send(body());
    expect([answer.status, await answer.text()]).toEqual([413, expect.stringContaining('QUERY_TOO_COMPLEX')]);
  });

  it('may come in chunks', async () => {
    expect(await (await send(streamed(operation))).json()).toEqual({
      data: { __typename: 'Query' },
      extensions,
    });
  });

  it('is refused where it has more than a file may have, in chunks too', async () => {
    const form = new Response(
      Object.entries({ operations: operation, map: '{}', 0: new Blob([new Uint8Array(6_000_000)]) }).reduce(
        (fields, [name, value]) => (fields.set(name, value), fields),
        new FormData(),
      ),
    );
    const answer = await send(form.body!, { 'content-type': form.headers.get('content-type')! });
    expect([answer.status, await answer.text()]).toEqual([413, expect.stringContaining('UPLOAD_TOO_LARGE')]);
  });
});

describe('a socket', () => {
  it('has 100 operations at a time, and refuses one more without ending the others', async () => {
    const { token } = await signUp(app.url);
    const socket = await openSocket(app.url, { headers: { authorization: `Bearer ${token}` } });
    const query = 'subscription { taskUpdated { id } }';
    for (let id = 0; id <= 100; id += 1)
      socket.send({ id: String(id), type: 'subscribe', payload: { query } });
    const refused = await socket.next();
    expect(refused).toMatchObject({
      id: '100',
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    socket.send({ id: '0', type: 'complete' });
    socket.send({ id: 'again', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await socket.next()).toMatchObject({ id: 'again', type: 'next' });
    await socket.close();
  });

  it('is closed by a message of more than 256 KB', async () => {
    const socket = await openSocket(app.url);
    socket.send({ id: '1', type: 'subscribe', payload: { query: '{ __typename }'.padEnd(300_000) } });
    expect(await socket.closed).toBe(1009);
  });
});
