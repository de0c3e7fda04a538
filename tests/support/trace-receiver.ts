/** An OTLP receiver: keeps the spans that it gets over HTTP in JSON. */
import { openScriptedServer, type ScriptedRequest } from './scripted-server.ts';

type Value = { stringValue?: string; intValue?: number; doubleValue?: number };

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  /** Empty for a first span. */
  parentSpanId: string;
  name: string;
  /** 1 internal, 2 server, 3 client. */
  kind: number;
  startMs: number;
  endMs: number;
  attributes: Record<string, string | number>;
  links: { traceId: string; spanId: string }[];
  /** 2 where the span failed. */
  status: number;
  /** Of the resource. */
  service: string;
  environment: string;
  instance: string;
}

interface Keyed {
  key: string;
  value: Value;
}

interface SentSpan extends Omit<ReceivedSpan, 'attributes' | 'status'> {
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Keyed[];
  status: { code?: number };
}

interface Batch {
  resourceSpans: { resource: { attributes: Keyed[] }; scopeSpans: { spans: SentSpan[] }[] }[];
}

const valuesOf = (attributes: Keyed[]) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );

export async function openTraceReceiver() {
  const server = await openScriptedServer();
  server.answer(() => ({ json: {} }));
  return {
    ...server,
    /** Every span so far. */
    spans: (): ReceivedSpan[] => server.requests.flatMap(spansOf),
  };
}

function spansOf({ json }: ScriptedRequest): ReceivedSpan[] {
  return (json as Batch).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId = '', name, kind, links = [], ...span }) => ({
        traceId,
        spanId,
        parentSpanId,
        name,
        kind,
        startMs: Number(span.startTimeUnixNano) / 1e6,
        endMs: Number(span.endTimeUnixNano) / 1e6,
        attributes: valuesOf(span.attributes),
        links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
        status: span.status.code ?? 0,
        service: String(valuesOf(resource.attributes)['service.name']),
        environment: String(valuesOf(resource.attributes)['deployment.environment.name']),
        instance: String(valuesOf(resource.attributes)['service.instance.id']),
      })),
    ),
  );
}
