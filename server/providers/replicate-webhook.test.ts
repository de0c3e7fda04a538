import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReplicateProvider } from './replicate.ts';
import { canBeSigned, readReplicateWebhook, replicateWebhookUrl, submissionOf } from './replicate-webhook.ts';
import { openScriptedServer, type ScriptedServer } from '../../tests/support/scripted-server.ts';
import { prediction, predictionId, token } from '../../tests/support/provider-messages.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const nowMs = 1_614_265_330_000;
const url = '/webhooks/replicate?task=task-1&attempt=2';

/** Signed as Replicate signs, unless told otherwise. */
function delivery(
  body: unknown,
  changes: { id?: string; timestamp?: number; signature?: string; url?: string } = {},
) {
  const { id = 'msg_1', timestamp = nowMs / 1000 } = changes;
  const rawBody = Buffer.from(JSON.stringify(body));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody).digest('base64');
  return {
    url: changes.url ?? url,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': changes.signature ?? `v1,${signature}`,
    },
    rawBody,
  };
}

const provider = createReplicateProvider({
  token,
  webhooks: { publicUrl: 'https://us.example', secrets: [secret] },
});
const read = (request: Parameters<NonNullable<typeof provider.readWebhook>>[0]) =>
  provider.readWebhook!(request, nowMs);

describe('a webhook', () => {
  it('is accepted with the signature of the published example', () => {
    const request = {
      url,
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,older= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      rawBody: Buffer.from('{"test": 2432232314}'),
    };
    const readState = () => ({ status: 'unknown', externalId: 'x' }) as const;
    expect(readReplicateWebhook(request, { secrets: [secret], nowMs, readState }).kind).toBe('report');
    const secrets = [`whsec_${Buffer.alloc(24).toString('base64')}`, secret];
    expect(readReplicateWebhook(request, { secrets, nowMs, readState }).kind).toBe('report');
    const changed = { ...request, rawBody: Buffer.from('{"test": 2432232315}') };
    expect(readReplicateWebhook(changed, { secrets: [secret], nowMs, readState }).kind).toBe('forged');
  });

  it('can be told by its headers from what cannot be signed', () => {
    const { headers } = delivery({});
    expect(canBeSigned(headers, nowMs)).toBe(true);
    for (const lacking of Object.keys(headers))
      expect(canBeSigned({ ...headers, [lacking]: undefined }, nowMs)).toBe(false);
    expect(canBeSigned({ ...headers, 'webhook-signature': 'v1,short' }, nowMs)).toBe(false);
    expect(canBeSigned({ ...headers, 'webhook-timestamp': 'now' }, nowMs)).toBe(false);
    expect(canBeSigned(headers, nowMs + 301_000)).toBe(false);
  });

  it('tells the state of the attempt that its address carries', () => {
    expect(read(delivery(prediction('processing', { logs: ' 50%|█████     | 2/4\n' })))).toEqual({
      kind: 'report',
      report: {
        taskId: 'task-1',
        attempt: 2,
        deliveryId: 'msg_1',
        state: expect.objectContaining({
          status: 'running',
          started: true,
          percent: 50,
          externalId: predictionId,
        }),
      },
    });
  });

  it.each([
    ['without a signature', { signature: '' }],
    ['with a signature of another secret', { signature: `v1,${Buffer.alloc(32).toString('base64')}` }],
    ['older than 5 minutes', { timestamp: nowMs / 1000 - 301 }],
    ['from the future', { timestamp: nowMs / 1000 + 301 }],
  ])('is refused %s', (_, changes) => {
    expect(read(delivery(prediction('succeeded'), changes)).kind).toBe('forged');
  });

  it('is refused at another address than its own', () => {
    const own = replicateWebhookUrl('https://us.example', { taskId: 'task-2', attempt: 1 });
    expect(read(delivery(prediction('succeeded', { webhook: own }))).kind).toBe('forged');
  });

  it('without headers is refused', () => {
    expect(read({ ...delivery(prediction('succeeded')), headers: {} }).kind).toBe('forged');
  });

  it.each([
    ['for no task', delivery(prediction('processing'), { url: '/webhooks/replicate' })],
    ['that is no prediction', delivery({ hello: 'there' })],
  ])('%s tells nothing', (_, request) => {
    expect(read(request).kind).toBe('unreadable');
  });
});

describe('the address of an attempt', () => {
  it('is read back as it was written', () => {
    const written = replicateWebhookUrl('https://us.example', { taskId: 'a&b=c', attempt: 3 });
    expect(submissionOf(written)).toEqual({ taskId: 'a&b=c', attempt: 3 });
    expect(submissionOf('https://elsewhere.example/')).toBeUndefined();
    expect(submissionOf(undefined)).toBeUndefined();
  });
});

describe('a lost submission', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await openScriptedServer();
  });
  afterAll(() => server.close());

  /** Of Replicate's clock; what ours shows by then is of no importance. */
  const date = 'Mon, 02 Mar 2026 09:20:44 GMT';
  const other = (created_at: string) =>
    prediction('succeeded', {
      webhook: replicateWebhookUrl('https://us.example', { taskId: 'other', attempt: 1 }),
      created_at,
    });
  const wanted = prediction('processing', {
    webhook: replicateWebhookUrl('https://us.example', { taskId: 'task-1', attempt: 2 }),
  });
  const find = () => {
    const { find: look } = createReplicateProvider({
      token,
      baseUrl: `${server.url}/v1`,
      webhooks: { publicUrl: 'https://us.example', secrets: [secret] },
    });
    return look!({ taskId: 'task-1', attempt: 2, ageMs: 300_000 }, { signal: AbortSignal.timeout(5_000) });
  };

  it('is found on a later page', async () => {
    server.answer(({ path }) =>
      path.includes('cursor=two')
        ? { json: { previous: null, next: null, results: [wanted] } }
        : {
            headers: { date },
            json: {
              previous: null,
              next: `${server.url}/v1/predictions?cursor=two`,
              results: [other('2026-03-02T09:15:00Z')],
            },
          },
    );
    expect(await find()).toMatchObject({ status: 'running', operation: { id: predictionId } });
  });

  it('is not looked for among those made long before it', async () => {
    server.answer(() => ({
      headers: { date },
      json: { next: `${server.url}/v1/predictions?cursor=two`, results: [other('2026-03-02T09:14:00Z')] },
    }));
    expect(await find()).toBeNull();
    expect(server.requests).toHaveLength(1);
  });

  it('stays open where the provider does not answer', async () => {
    server.answer(() => ({ status: 503, json: {} }));
    expect(await find()).toEqual({ status: 'unknown' });
  });
});
