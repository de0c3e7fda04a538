import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Log } from '../lib/log.ts';
import type { TraceSettings } from './settings.ts';

/**
 * Sends spans as OTLP over HTTP in JSON: a batch for 10 s at most, with pauses between its tries. What is not accepted is
 * dropped, and logged where the batch before was accepted.
 */
export function createExporter(
  { url, headers }: Pick<TraceSettings, 'url' | 'headers'>,
  log: Pick<Log, 'info' | 'warn'>,
): SpanExporter {
  const exporter = new OTLPTraceExporter({ url, headers, timeoutMillis: 10_000 });
  let isAccepted = true;
  return {
    export(spans, onResult) {
      exporter.export(spans, (result) => {
        const { error } = result;
        // The error has the receiver's answer: only its code is logged.
        const { code } = (error ?? {}) as { code?: unknown };
        if (error && isAccepted)
          log.warn({ component: 'traces', code }, 'traces are not accepted, and dropped');
        if (!error && !isAccepted) log.info({ component: 'traces' }, 'traces are accepted again');
        isAccepted = !error;
        onResult(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
