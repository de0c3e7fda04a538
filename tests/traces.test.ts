/** What a trace backend gets, by OTLP over HTTP in JSON. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localId } from '../server/graphql/global-id.ts';
import { createCaller, follow, generate, generateVariables, signUp } from './support/api.ts';
import { closedAddress } from './support/scripted-server.ts';
import { startTestApp } from './support/start-app.ts';
import { openTraceReceiver, type ReceivedSpan } from './support/trace-receiver.ts';

const callerTrace = { traceId: '1af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const document = `mutation Paint($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }`;

let receiver: Awaited<ReturnType<typeof openTraceReceiver>>;
/** Every span that an app sent, until it was closed. */
let spans: ReceivedSpan[];
/** The ids of a task that succeeds, one that is blocked after a restart, and one of a caller with a trace of its own. */
let ids: { plain: string; restarted: string; called: string };
let token: string;

beforeAll(async () => {
  receiver = await openTraceReceiver();
  const app = await startTestApp({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=of%20the%20receiver',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
  });
  const user = await signUp(app.url);
  token = user.token!;
  const variables = generateVariables({ prompt: 'A very secret kite' });
  const painted = await user.ask<{ generateImage: { task: { id: string } } }>(document, variables);
  const traceparent = `00-${callerTrace.traceId}-${callerTrace.spanId}-01`;
  const called = await generate(createCaller(app.url, token, { traceparent }));
  await Promise.all([painted.generateImage.task, called].map(({ id }) => follow(user, id)));
  const interrupted = await generate(user, { prompt: 'A kite sandbox:blocked sandbox:slow' });
  const restarted = await app.restart();
  await follow(createCaller(restarted.url, token), interrupted.id);
  await restarted.remove();
  spans = receiver.spans();
  ids = { plain: painted.generateImage.task.id, restarted: interrupted.id, called: called.id };
});
afterAll(() => receiver?.close());

function spansOf(taskId: string): ReceivedSpan[] {
  const trace = localId(taskId, 'Task')!.replaceAll('-', '');
  return spans.filter(({ traceId }) => traceId === trace);
}

/** The names from the first span of the trace on: `POST /graphql > mutation generateImage`. */
function pathOf(span: ReceivedSpan): string {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return parent ? `${pathOf(parent)} > ${span.name}` : span.name;
}

describe('the trace of a task', () => {
  it('has its request, acceptance, steps, calls of the provider and what was stored', () => {
    const paths = spansOf(ids.plain).map(pathOf);
    const task = 'POST /graphql > mutation generateImage > accept > task';
    expect(paths).toEqual(
      expect.arrayContaining([
        'POST /graphql',
        'POST /graphql > mutation generateImage',
        'POST /graphql > mutation generateImage > accept',
        task,
        `${task} > submit`,
        `${task} > submit > replicate start`,
        expect.stringMatching(/> task > (report|follow > replicate poll)$/),
        expect.stringMatching(/> task > (report|follow) > replicate image$/),
        expect.stringMatching(/> task > (report|follow) > prepare image$/),
        expect.stringMatching(/> task > (report|follow) > store image$/),
        expect.stringMatching(/> task > (report|follow) > settle$/),
      ]),
    );
    expect(paths.filter((path) => !path.startsWith('POST /graphql'))).toEqual([]);
  });

  it('has attributes of the request, the operation and the task', () => {
    const find = (wanted: string) => spansOf(ids.plain).find(({ name }) => name === wanted)!;
    expect(find('POST /graphql')).toMatchObject({
      service: 'proofsheet',
      kind: 2,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/graphql',
        'http.response.status_code': 200,
      },
    });
    expect(find('mutation generateImage').attributes).toEqual({
      'graphql.operation.type': 'mutation',
      'graphql.operation.name': 'Paint',
    });
    expect(find('task').attributes).toMatchObject({
      'proofsheet.task.id': localId(ids.plain, 'Task'),
      'proofsheet.provider': 'replicate',
      'proofsheet.model': 'black-forest-labs/flux-schnell',
      'proofsheet.attempt': 1,
      'proofsheet.outcome': 'SUCCESS',
      'proofsheet.credits.charged': 2,
    });
    expect(find('replicate start')).toMatchObject({
      kind: 3,
      attributes: { 'proofsheet.outcome': 'running' },
    });
  });

  it('continues after a restart, and says why the task failed', () => {
    const [first, whole] = ['accept', 'task'].map((wanted) =>
      spansOf(ids.restarted).find(({ name }) => name === wanted)!,
    );
    expect(whole).toMatchObject({
      parentSpanId: first!.spanId,
      status: 2,
      attributes: { 'error.type': 'CONTENT_BLOCKED', 'proofsheet.credits.refunded': 2 },
    });
    const nodes = new Set(spansOf(ids.restarted).map(({ instance }) => instance));
    expect(nodes.size).toBe(2);
  });

  it('is linked with the trace of a caller, which the request continues', () => {
    const [first, ...others] = spansOf(ids.called).filter(({ parentSpanId }) => parentSpanId === '');
    const [request, operation] = ['POST /graphql', 'mutation generateImage'].map((wanted) =>
      spans.find(({ traceId, name }) => traceId === callerTrace.traceId && name === wanted)!,
    );
    expect(request).toMatchObject({ parentSpanId: callerTrace.spanId });
    expect(operation).toMatchObject({ links: [{ traceId: first!.traceId, spanId: first!.spanId }] });
    expect(first).toMatchObject({
      name: 'accept',
      links: [{ traceId: callerTrace.traceId, spanId: operation!.spanId }],
    });
    expect(others).toEqual([]);
  });
});

describe('what is sent', () => {
  it('has the headers and attributes of the variables', () => {
    for (const { path, headers } of receiver.requests)
      expect({ path, key: headers['api-key'] }).toEqual({ path: '/v1/traces', key: 'of the receiver' });
    expect(spans[0]).toMatchObject({ environment: 'test' });
  });

  it('has no prompt, token, mail address or network address', () => {
    const sent = receiver.requests.map(({ body }) => String(body)).join();
    expect(sent).toContain('proofsheet.task.id');
    for (const secret of ['secret kite', '127.0.0.1', 'example.test', token])
      expect(sent).not.toContain(secret);
  });

  it('is nothing where OTEL_SDK_DISABLED is set', async () => {
    const idle = await openTraceReceiver();
    const off = await startTestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: idle.url, OTEL_SDK_DISABLED: 'true' });
    await generate(await signUp(off.url));
    await off.remove();
    expect(idle.requests).toEqual([]);
    await idle.close();
  });
});

it('tasks end, and the server stops, while the receiver is down', async () => {
  const app = await startTestApp({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: await closedAddress() });
  const user = await signUp(app.url);
  const { id } = await generate(user);
  expect((await follow(user, id)).at(-1)).toMatchObject({ status: 'SUCCESS' });
  const startedAtMs = performance.now();
  await app.remove();
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});
