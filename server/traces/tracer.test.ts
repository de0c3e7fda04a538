import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTraceReceiver } from '../../tests/support/trace-receiver.ts';
import type { traceSettingsOf } from './settings.ts';
import { createTracer } from './tracer.ts';

let receiver: Awaited<ReturnType<typeof openTraceReceiver>>;
/** The messages that were logged. */
let logged: string[];

beforeEach(async () => {
  receiver = await openTraceReceiver();
  logged = [];
});
afterEach(() => receiver.close());

function openTracer(settings: Partial<NonNullable<ReturnType<typeof traceSettingsOf>>> = {}) {
  const add = (_: object, message: string) => void logged.push(message);
  return createTracer(
    {
      url: `${receiver.url}/v1/traces`,
      headers: {},
      resource: { 'service.name': 'test' },
      sampler: 'parentbased_always_on',
      ratio: 1,
      ...settings,
    },
    { build: { version: '0' }, log: { info: add, warn: add, error: add } },
  );
}

const nothing = async () => {};

describe('a tracer', () => {
  it('samples each task as every other node does', async () => {
    const half = { sampler: 'parentbased_traceidratio', ratio: 0.5 } as const;
    const nodes = [openTracer(half), openTracer(half)];
    for (let count = 0; count < 100; count += 1) {
      const id = nodes[0]!.newTaskId();
      await nodes[0]!.inAcceptance(id, {}, nothing);
      await nodes[1]!.inStep('submit', id, {}, nothing);
    }
    for (const node of nodes) await node.close();
    const tracesWith = (wanted: string) =>
      receiver
        .spans()
        .flatMap(({ name, traceId }) => (name === wanted ? [traceId] : []))
        .toSorted();
    expect(tracesWith('accept')).toEqual(tracesWith('submit'));
    expect(tracesWith('accept').length).toBeGreaterThan(20);
    expect(tracesWith('accept').length).toBeLessThan(80);
  });

  it('gives its trace to one task of a request', async () => {
    const tracer = openTracer();
    const taken = await tracer.inOperation('mutation several', {}, async () => {
      const ids = [tracer.newTaskId(), tracer.newTaskId()];
      for (const id of ids) await tracer.inAcceptance(id, {}, nothing);
      return ids;
    });
    await tracer.close();
    const operation = receiver.spans().find(({ name }) => name === 'mutation several')!;
    const traces = taken.map((id) => id.replaceAll('-', ''));
    expect(operation.traceId).toBe(traces[0]);
    expect(operation.links.map(({ traceId }) => traceId)).toEqual([traces[1]]);
  });

  it('holds a bounded number of spans while the receiver hangs, and stops within seconds', async () => {
    receiver.answer(() => ({ hang: true }));
    const tracer = openTracer();
    for (let count = 0; count < 10_000; count += 1) await tracer.inStep('submit', randomUUID(), {}, nothing);
    const startedAtMs = performance.now();
    await tracer.close();
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect(receiver.spans().length).toBeGreaterThan(0);
    expect(receiver.spans().length).toBeLessThanOrEqual(2_048 + 512);
    expect(logged).toEqual(['the last traces were not sent']);
  });

  it('logs once that traces are refused, without what the receiver said', async () => {
    receiver.answer(() => ({ status: 400, json: { message: 'secret' } }));
    const tracer = openTracer();
    for (let count = 0; count < 2_000; count += 1) await tracer.inStep('submit', randomUUID(), {}, nothing);
    await tracer.close();
    expect(receiver.requests.length).toBeGreaterThan(1);
    expect(logged.filter((message) => message.startsWith('traces are not accepted'))).toHaveLength(1);
    expect(logged.join()).not.toContain('secret');
  });
});
