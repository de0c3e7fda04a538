/** Receives webhooks of providers. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { BodyTooLong, readBounded } from '../lib/read-bounded.ts';
import type { ProviderReport } from '../providers/provider.ts';
import type { AdmittedHandler } from './request-limits.ts';

interface Dependencies {
  /** Whether these headers can belong to a request signed recently; checked before the body is read. */
  canBeSigned: (headers: IncomingMessage['headers'], nowMs: number) => boolean;
  /** Checks the signature, and reads the report. */
  read: (
    request: { url: string; headers: IncomingMessage['headers']; rawBody: Buffer },
    nowMs: number,
  ) => { kind: 'report'; report: ProviderReport } | { kind: 'forged' } | { kind: 'unreadable' };
  /** Records the delivery; resolves with whether it is new. */
  recordDelivery: (deliveryId: string) => Promise<boolean>;
  /** Handles the report; calls `record` for one of progress, whose delivery is not recorded yet. */
  handleReport: (report: ProviderReport, record: () => Promise<boolean>) => Promise<void>;
  /** Whether this node is stopping: the provider then repeats the delivery, to another node. */
  isDraining: () => boolean;
  clock: Clock;
  log: Log;
}

const maxBodyBytes = 8_000_000;

/**
 * Responds before the report is handled: 200 where the delivery is new, repeated or without a report; 401 where it has no
 * current signature; 405 for another method; 413 where it is too long; 503 where this node is stopping. Requests with 401, 405
 * and 413 count as refused.
 */
export function createWebhookHandler(dependencies: Dependencies): AdmittedHandler {
  const { canBeSigned, read, recordDelivery, handleReport, isDraining, clock, log } = dependencies;
  return async (request, response, admission) => {
    const answer = (status: number) => response.writeHead(status).end();
    if (request.method !== 'POST') return void answer(405);
    if (isDraining()) {
      admission.markNotRefused();
      return void answer(503);
    }
    if (!canBeSigned(request.headers, clock.nowMs())) return void answer(401);
    const rawBody = await readBounded(request, maxBodyBytes).catch(undefinedWhereTooLong);
    if (!rawBody) return void answer(413);
    const reading = read({ url: request.url ?? '', headers: request.headers, rawBody }, clock.nowMs());
    if (reading.kind === 'forged') return void answer(401);
    admission.markNotRefused();
    if (reading.kind === 'unreadable') return void answer(200);
    const { report } = reading;
    const record = () => recordDelivery(report.deliveryId);
    // A report of progress may be skipped, so its delivery is recorded when it is handled.
    const isNew = report.state.status === 'running' || (await record());
    answer(200);
    // A report that cannot be handled is no loss: the provider is polled anyway.
    if (isNew)
      await handleReport(report, record).catch((error: unknown) =>
        log.warn({ error }, 'webhook not acted on'),
      );
  };
}

function undefinedWhereTooLong(error: unknown): undefined {
  if (!(error instanceof BodyTooLong)) throw error;
}
