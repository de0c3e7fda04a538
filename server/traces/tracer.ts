/**
 * Spans, and the one that runs. The trace of a task has the task's id, and its first two spans have ids made of it, so that each
 * node, and each step, knows the trace of its task without reading anything (decision 30).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  type Context,
  defaultTextMapGetter,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { v7 as uuid } from 'uuid';
import type { Log } from '../lib/log.ts';
import { withTimeout } from '../lib/timeout.ts';
import { createExporter } from './exporter.ts';
import type { TraceSettings } from './settings.ts';
import { type ChosenId, ChosenIds, idsOf } from './span-ids.ts';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** The span that runs, and the id that a task may take to be in its trace: one task at most. */
interface Active {
  span: Span;
  trace: { freeTaskId: string | undefined };
}

interface SpanOptions {
  kind?: 'server' | 'client';
  attributes?: Attributes;
}

export type Tracer = ReturnType<typeof createTracer>;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT };
const flushMs = 1_000;

export function createTracer(
  settings: TraceSettings,
  { build, log }: { build: { version: string }; log: Log },
) {
  const { sampler, root } = samplersOf(settings);
  const ids = new ChosenIds();
  const provider = new TracerProvider({
    sampler,
    idGenerator: ids,
    resource: resourceFromAttributes({
      'service.version': build.version,
      'service.instance.id': randomUUID(),
      ...settings.resource,
    }),
    // Spans beyond 2,048 that wait are dropped.
    spanProcessors: [new BatchSpanProcessor({ exporter: createExporter(settings, log) })],
  });
  const spans = provider.getTracer('proofsheet', build.version);
  const propagator = new W3CTraceContextPropagator();
  const active = new AsyncLocalStorage<Active>();

  const begin = (
    name: string,
    { kind, attributes, ...options }: SpanOptions & { links?: Link[]; startTime?: Date },
    parent: Context,
    chosen: ChosenId = {},
  ): Span =>
    ids.use(chosen, () =>
      spans.startSpan(
        name,
        { ...options, kind: kind ? kinds[kind] : SpanKind.INTERNAL, attributes: { ...attributes } },
        parent,
      ),
    );

  /** The context of a span of the task that another step or node begins, or began. */
  const spanOf = (taskId: string, span: 'acceptance' | 'task'): Context => {
    const { traceId, ...spanIds } = idsOf(taskId);
    const { decision } = root.shouldSample(ROOT_CONTEXT, traceId, span, SpanKind.INTERNAL, {}, []);
    const traceFlags =
      decision === SamplingDecision.RECORD_AND_SAMPLED ? TraceFlags.SAMPLED : TraceFlags.NONE;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: spanIds[span], traceFlags, isRemote: true });
  };

  async function run<Result>(running: Active, work: (span: Span) => Result | Promise<Result>) {
    try {
      return await active.run(running, () => work(running.span));
    } catch (error) {
      fail(running.span, error instanceof Error ? error.name : 'Error');
      throw error;
    } finally {
      running.span.end();
    }
  }

  /** The first span of a trace that a task may join. */
  function beginTrace(name: string, options: SpanOptions, caller: Context = ROOT_CONTEXT): Active {
    if (trace.getSpanContext(caller))
      return { span: begin(name, options, caller), trace: { freeTaskId: undefined } };
    const freeTaskId = uuid();
    const { traceId } = idsOf(freeTaskId);
    return { span: begin(name, options, ROOT_CONTEXT, { traceId }), trace: { freeTaskId } };
  }

  return {
    /** The id for a new task: that of the trace that runs, once, so that request and task are in one. */
    newTaskId(): string {
      const current = active.getStore()?.trace;
      const id = current?.freeTaskId ?? uuid();
      if (current) current.freeTaskId = undefined;
      return id;
    },

    /**
     * Runs the work in a span that the caller ends. It continues the trace of the request's `traceparent`, where that is well
     * formed.
     */
    inRequest<Result>(
      name: string,
      headers: NodeJS.Dict<string | string[]>,
      options: SpanOptions,
      work: (span: Span) => Result,
    ): Result {
      const caller = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const request = beginTrace(name, { ...options, kind: 'server' }, caller);
      return active.run(request, () => work(request.span));
    },

    /** Runs the work in a span below the one that runs; a first one of a trace where none does. */
    inOperation<Result>(name: string, options: SpanOptions, work: (span: Span) => Result | Promise<Result>) {
      const current = active.getStore();
      if (!current) return run(beginTrace(name, { ...options, kind: 'server' }), work);
      return run({ ...current, span: begin(name, options, below(current.span)) }, work);
    },

    /** Runs the work in a span below the one that runs; without a span where none does. */
    inSpan<Result>(
      name: string,
      options: SpanOptions,
      work: (span: Span | undefined) => Result | Promise<Result>,
    ): Result | Promise<Result> {
      const current = active.getStore();
      if (!current) return work(undefined);
      return run({ ...current, span: begin(name, options, below(current.span)) }, work);
    },

    /** Runs the acceptance of a task. Where its trace is not the one that runs, the two are linked. */
    inAcceptance<Result>(taskId: string, options: SpanOptions, work: (span: Span) => Promise<Result>) {
      const { traceId, acceptance: spanId } = idsOf(taskId);
      const current = active.getStore();
      const context = current?.span.spanContext();
      const isOwn = context?.traceId === traceId;
      const links = context && !isOwn ? [{ context }] : [];
      const parent = current && isOwn ? below(current.span) : ROOT_CONTEXT;
      const span = begin('accept', { ...options, links }, parent, { traceId, spanId });
      if (!isOwn) current?.span.addLink({ context: span.spanContext() });
      return run({ span, trace: { freeTaskId: undefined } }, work);
    },

    /** Runs a step of the task, on any node, below the span of the whole task. Another trace that runs is linked. */
    inStep<Result>(
      name: string,
      taskId: string,
      options: SpanOptions,
      work: (span: Span) => Promise<Result>,
    ) {
      const context = active.getStore()?.span.spanContext();
      const links = context && context.traceId !== idsOf(taskId).traceId ? [{ context }] : [];
      const span = begin(name, { ...options, links }, spanOf(taskId, 'task'));
      return run({ span, trace: { freeTaskId: undefined } }, work);
    },

    /** Records the span of a whole task, once it has ended. */
    recordTask(taskId: string, times: { from: Date; to: Date }, attributes: Attributes, failure?: string) {
      const { task: spanId } = idsOf(taskId);
      const options = { attributes, startTime: times.from };
      const span = begin('task', options, spanOf(taskId, 'acceptance'), { spanId });
      if (failure !== undefined) fail(span, failure);
      span.end(times.to);
    },

    /** Sends what is waiting, for a second at most. */
    async close(): Promise<void> {
      await withTimeout(flushMs, 'Traces were not sent in time', provider.shutdown()).catch(
        (error: unknown) => log.warn({ component: 'traces', error }, 'the last traces were not sent'),
      );
    },
  };
}

/** Marks the span as failed; the code is a name from our code, never a text. */
export function fail(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

const below = (span: Span): Context => trace.setSpan(ROOT_CONTEXT, span);

/** The sampler, and what it decides for a trace without a parent, by the id alone: the same on each node. */
function samplersOf({ sampler, ratio }: TraceSettings): { sampler: Sampler; root: Sampler } {
  const name = sampler.replace('parentbased_', '');
  const root =
    name === 'always_on'
      ? new AlwaysOnSampler()
      : name === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio);
  return { root, sampler: name === sampler ? root : new ParentBasedSampler({ root }) };
}
