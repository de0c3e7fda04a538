/**
 * Keys, passwords and session tokens stay inside, and so do the words of providers: whatever the providers say, none of
 * it is found in a log line, a reply or a stored row. What a provider said is kept in the column for it alone, without keys.
 */
import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScriptedServer, type ScriptedServer } from './support/scripted-server.ts';
import { generateVariables, taskFields } from './support/api.ts';
import { openMisbehavingGemini, openMisbehavingReplicate } from './support/misbehaving-providers.ts';
import { createInstallation, type Installation } from './support/server-process.ts';
import { openSocket } from './support/socket.ts';

/** Unlike anything else, so that each can be searched for. */
const canary = (what: string) => `${what}-${randomUUID().replaceAll('-', '')}`;
const keys = {
  REPLICATE_API_TOKEN: canary('r8'),
  REPLICATE_WEBHOOK_SECRET: `whsec_${Buffer.from(canary('webhook')).toString('base64')}`,
  GEMINI_API_KEY: canary('AIza'),
  AUTH_SECRET: canary('auth'),
  S3_SECRET_ACCESS_KEY: canary('s3'),
};
const password = canary('password');
let installation: Installation;
let url: string;
let token: string;
/** The secret of an API key, and of one that has been revoked. */
let apiKeys: string[];
const replies: string[] = [];
/** Responses that contain a session's token or the secret of an API key for its owner. */
const sessionReplies: string[] = [];

interface CreatedKey {
  data: { createApiKey: { secret: string; apiKey: { id: string } } };
}

const picture = await sharp({ create: { width: 32, height: 18, channels: 3, background: 'teal' } })
  .jpeg()
  .toBuffer();
const words = canary('vendor');
// Opened here, as the tests are named by what they answer.
const replicate = await openMisbehavingReplicate({ key: keys.REPLICATE_API_TOKEN, words, picture });
const gemini = await openMisbehavingGemini({ key: keys.GEMINI_API_KEY, words, picture });
let store: ScriptedServer;

/** Stores objects and serves them; lists none. */
function scriptStore(): void {
  const objects = new Map<string, Buffer>();
  store.answer(({ method, path, body }) => {
    const [key = ''] = path.split('?');
    if (method === 'PUT') objects.set(key, body);
    if (path.includes('list-type'))
      return { body: '<ListBucketResult/>', headers: { 'content-type': 'application/xml' } };
    if (method === 'GET' && !objects.has(key))
      return {
        status: 404,
        body: '<Error><Code>NoSuchKey</Code></Error>',
        headers: { 'content-type': 'application/xml' },
      };
    return { body: objects.get(key) ?? '' };
  });
}

/** The response's body, which is recorded with its headers. */
async function ask(path: string, body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  (path.startsWith('/api/') || text.includes('"createApiKey"') ? sessionReplies : replies).push(
    JSON.stringify([...answer.headers]),
    text,
  );
  return text;
}

const bearer = () => ({ authorization: `Bearer ${token}` });

/** Every published state of a task, from its acceptance to its end. */
async function run(
  prompt: string,
  model: string,
): Promise<{ status: string; failure: { code: string } | null }> {
  const accepted = JSON.parse(
    await ask(
      '/graphql',
      {
        query: `mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { ${taskFields} } } }`,
        variables: generateVariables({ prompt, model }),
      },
      bearer(),
    ),
  ) as { data: { generateImage: { task: { id: string } } } };
  const socket = await openSocket(url, { init: bearer() });
  const query = `subscription ($id: ID) { taskUpdated(id: $id) { ${taskFields} } }`;
  socket.send({
    id: '1',
    type: 'subscribe',
    payload: { query, variables: { id: accepted.data.generateImage.task.id } },
  });
  let last: unknown;
  for (let message = await socket.next(); message.type === 'next'; message = await socket.next()) {
    replies.push(JSON.stringify(message));
    last = message.payload;
  }
  await socket.close();
  return (last as { data: { taskUpdated: { status: string; failure: { code: string } | null } } }).data
    .taskUpdated;
}

beforeAll(async () => {
  store = await openScriptedServer();
  scriptStore();
  installation = await createInstallation({
    ...keys,
    REPLICATE_BASE_URL: `${replicate.server.url}/v1`,
    GEMINI_BASE_URL: gemini.server.url,
    S3_BUCKET: 'pictures',
    S3_ENDPOINT: store.url,
    S3_ACCESS_KEY_ID: 'id',
    LOG_LEVEL: 'trace',
    SIGNUP_CREDITS: '1000',
    TASK_TIMEOUT_MS: '10000',
    OPERATIONS_PER_MINUTE: '100000',
  });
  url = await installation.start();
  const account = { name: 'Tester', email: 'tester@example.test', password };
  token = (JSON.parse(await ask('/api/auth/sign-up/email', account)) as { token: string }).token;
  const query = 'mutation { createApiKey(input: { name: "Test" }) { secret apiKey { id } } }';
  const created = await Promise.all([0, 1].map(() => ask('/graphql', { query }, bearer())));
  const issued = created.map((text) => (JSON.parse(text) as CreatedKey).data.createApiKey);
  apiKeys = issued.map(({ secret }) => secret);
  await ask(
    '/graphql',
    { query: `mutation { revokeApiKey(id: "${issued[1]!.apiKey.id}") { revokedId } }` },
    bearer(),
  );
});
afterAll(async () => {
  await installation?.remove();
  await Promise.all([replicate.server.close(), gemini.server.close(), store?.close()]);
});

describe.concurrent('whatever the providers say', () => {
  it.each(replicate.prompts)('Replicate: %s', async (prompt) => {
    const { status } = await run(prompt, 'black-forest-labs/flux-schnell');
    expect(status).toBe(prompt === 'fine' ? 'SUCCESS' : 'FAILED');
  });

  it.each(gemini.prompts)('Gemini: %s', async (prompt) => {
    const { status } = await run(prompt, 'gemini-3-pro-image');
    expect(status).toBe(prompt === 'fine' ? 'SUCCESS' : 'FAILED');
  });
});

describe('whatever goes wrong', () => {
  it('with an account: passwords and tokens come in every odd place', async () => {
    const email = 'tester@example.test';
    const odd = [
      '/api/auth/sign-in/email',
      '/api/auth/sign-up/email',
      '/api/auth/nothing',
      `/api/auth/${password}`,
    ];
    for (const path of odd) {
      await ask(path, { email, password: `${password}!`, token });
      await ask(path, `{"email":"${email}","password":"${password}`);
      await ask(path, { email: password, password: 7, name: [token] });
    }
    await ask(
      '/graphql',
      { query: `{ task(id: "${token}") { id } nothing }`, variables: { password } },
      { cookie: `a=${token}` },
    );
    for (const authorization of [
      `Basic ${token}`,
      token,
      `Bearer ${token} ${token}`,
      `Bearer ${token}\u00ff`,
    ])
      await ask('/graphql', { query: '{ viewer { id } task(id: "x") { id } }' }, { authorization });
    const socket = await openSocket(url, { init: { authorization: `Bearer ${token}\n` } });
    socket.send({
      id: '1',
      type: 'subscribe',
      payload: { query: `subscription { a: nothing(token: "${token}") }` },
    });
    expect(await socket.next()).toMatchObject({ type: 'error' });
    await socket.close();
  });

  it('with API keys: they come in every odd place', async () => {
    const query = '{ viewer { id } task(id: "x") { id } }';
    for (const secret of [...apiKeys, ...apiKeys.map((each) => `${each}x`)]) {
      for (const header of ['authorization', 'x-api-key', 'x-request-id'])
        for (const value of [secret, `Bearer ${secret}`, `Bearer ${secret} ${secret}`])
          await ask('/graphql', { query }, { [header]: value });
      await ask('/graphql', { query, variables: { secret } }, { cookie: `a=${secret}` });
      await ask('/api/auth/get-session', {}, { 'x-api-key': secret });
      const socket = await openSocket(url, {
        init: { apiKey: `${secret}\n`, authorization: `Bearer ${secret}` },
      });
      socket.send({
        id: '1',
        type: 'subscribe',
        payload: { query: 'subscription { taskUpdated(id: "x") { id } }' },
      });
      replies.push(JSON.stringify(await socket.next()));
      await socket.close();
    }
  });

  it('with the store of pictures', async () => {
    const refusal = '<Error><Code>SignatureDoesNotMatch</Code><Message>Check your key.</Message></Error>';
    store.answer(() => ({ status: 403, body: refusal, headers: { 'content-type': 'application/xml' } }));
    const form = new FormData();
    form.set(
      'operations',
      '{"query":"mutation ($file: File!) { uploadImage(file: $file) { image { id } } }","variables":{"file":null}}',
    );
    form.set('map', '{"0":["variables.file"]}');
    form.set('0', new File([new Uint8Array(picture)], 'a.jpg'));
    const headers = { ...bearer(), 'x-request-id': 'upload-1' };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: form });
    const text = await answer.text();
    expect(text).toContain('INTERNAL');
    expect([answer.headers.get('x-request-id'), text]).toEqual([
      'upload-1',
      expect.stringContaining('"id":"upload-1"'),
    ]);
    await expect.poll(() => installation.output()).toMatch(/"requestId":"upload-1".*"msg":"request failed"/);
    replies.push(text);
  });

  it('with a request in many ways', async () => {
    for (const path of [
      '/',
      '/healthz',
      '/readyz',
      '/metrics',
      '/files/a',
      '/webhooks/replicate',
      '/graphql',
      '/nothing',
    ])
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(`${url}${path}`, { method });
        replies.push(JSON.stringify([...answer.headers]), await answer.text());
      }
  });
});

describe('is found nowhere', () => {
  /** What stands around the word, in each of the texts that hold it. */
  const holding = (texts: string[], word: string) =>
    texts.flatMap((text) => {
      const at = text.indexOf(word);
      return at < 0 ? [] : [text.slice(Math.max(0, at - 200), at + 200)];
    });
  let rows: string[];
  let rowsWithAnswers: string[];
  let answers: string[];

  beforeAll(async () => {
    await installation.end('SIGTERM');
    const { prisma, close } = await installation.openDatabase();
    const tables = await prisma.$queryRaw<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`;
    const all = await Promise.all(
      tables.map(async ({ name }) =>
        (
          await prisma.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(
            `SELECT to_jsonb(t) AS row FROM "${name}" t`,
          )
        ).map(({ row }) => ({ table: name, ...row }) as Record<string, unknown>),
      ),
    ).then((found) => found.flat());
    await close();
    // A session is looked for by its token.
    const withoutOwn = all.map((row) => (row['table'] === 'Session' ? { ...row, token: undefined } : row));
    rowsWithAnswers = withoutOwn.map((row) => JSON.stringify(row));
    rows = withoutOwn.map((row) => JSON.stringify({ ...row, providerAnswer: undefined }));
    answers = all.flatMap((row) => (row['providerAnswer'] ? [JSON.stringify(row['providerAnswer'])] : []));
  });

  it('though all of it was there to be found', () => {
    expect(
      replicate.server.requests.some(
        ({ headers }) => headers.authorization === `Bearer ${keys.REPLICATE_API_TOKEN}`,
      ),
    ).toBe(true);
    expect(
      gemini.server.requests.some(({ headers }) => headers['x-goog-api-key'] === keys.GEMINI_API_KEY),
    ).toBe(true);
    expect(holding(answers, words).length).toBeGreaterThan(10);
    expect(holding(sessionReplies, token).length).toBeGreaterThan(0);
    expect(replies.length).toBeGreaterThan(50);
    expect(rows.length).toBeGreaterThan(50);
    expect(installation.output().split('\n').length).toBeGreaterThan(20);
    expect(installation.output()).toContain('A provider call did not succeed');
  });

  it.each([...Object.entries(keys), ['the password', password]])('%s', (_, secret) => {
    for (const [where, texts] of Object.entries({
      logs: installation.output().split('\n'),
      replies,
      sessionReplies,
      rowsWithAnswers,
    }))
      expect({ where, holding: holding(texts, secret) }).toEqual({ where, holding: [] });
  });

  it("the session's token, beside its own row and the reply to its owner", () => {
    for (const [where, texts] of Object.entries({
      logs: installation.output().split('\n'),
      replies,
      rowsWithAnswers,
    }))
      expect({ where, holding: holding(texts, token) }).toEqual({ where, holding: [] });
  });

  it('an API key, beside the reply to its owner', () => {
    expect(holding(sessionReplies, apiKeys[0]!)).toHaveLength(1);
    for (const [where, texts] of Object.entries({
      logs: installation.output().split('\n'),
      replies,
      rowsWithAnswers,
    }))
      expect({ where, holding: apiKeys.flatMap((each) => holding(texts, each)) }).toEqual({
        where,
        holding: [],
      });
  });

  it("a provider's words, beside the column that keeps them", () => {
    for (const [where, texts] of Object.entries({
      logs: installation.output().split('\n'),
      replies,
      sessionReplies,
      rows,
    }))
      expect({ where, holding: holding(texts, words) }).toEqual({ where, holding: [] });
  });

  it('a picture or a signature of a provider, in the column that keeps its words', () => {
    expect(holding(answers, picture.toString('base64'))).toEqual([]);
    expect(holding(answers, 'thoughtSignature')).toEqual([]);
  });
});
