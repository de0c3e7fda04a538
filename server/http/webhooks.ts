/** Receives what providers tell by themselves. */
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { ProviderReport } from '../providers/provider.ts';
import type { AdmittedHandler } from './limit.ts';

interface Dependencies {
  /** Whether these headers can belong to a signed request of now: what can be known before its body is read. */
  canBeSigned: (headers: IncomingMessage['headers'], nowMs: number) => boolean;
  /** Checks who signed the request, and reads it. */
  read: (
    request: { url: string; headers: IncomingMessage['headers']; rawBody: Buffer },
    nowMs: number,
  ) => { kind: 'report'; report: ProviderReport } | { kind: 'forged' } | { kind: 'unreadable' };
  /** Records the delivery; resolves with whether it is new. */
  recordDelivery: (deliveryId: string) => Promise<boolean>;
  accept: (report: ProviderReport) => Promise<void>;
  /** Whether this node stops: the provider brings the delivery again, to another one. */
  isDraining: () => boolean;
  clock: Clock;
  log: Log;
}

const maxBodyBytes = 8_000_000;

/**
 * Answers as soon as the delivery is known to be new: 200 where it is accepted, was before, or tells nothing; 401 where
 * it is not signed by the provider now; 413 where it is too long; 503 where this node stops. A body is read only under
 * headers of a signature; a forged one counts as refused.
 */
export function createWebhookHandler(dependencies: Dependencies): AdmittedHandler {
  const { canBeSigned, read, recordDelivery, accept, isDraining, clock, log } = dependencies;
  return async (request, response, admission) => {
    const answer = (status: number) => response.writeHead(status).end();
    if (request.method !== 'POST') return void answer(405);
    if (isDraining()) {
      admission.accept();
      return void answer(503);
    }
    if (!canBeSigned(request.headers, clock.nowMs())) return void answer(401);
    const rawBody = await bodyOf(request);
    if (!rawBody) return void answer(413);
    const reading = read({ url: request.url ?? '', headers: request.headers, rawBody }, clock.nowMs());
    if (reading.kind === 'forged') return void answer(401);
    admission.accept();
    if (reading.kind === 'unreadable' || !(await recordDelivery(reading.report.deliveryId)))
      return void answer(200);
    answer(200);
    // A report that cannot be acted on is no loss: the provider is asked in time.
    await accept(reading.report).catch((error: unknown) => log.warn({ error }, 'webhook not acted on'));
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
