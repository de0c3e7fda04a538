/** Cancels work at providers that no task waits for any more. */
import type { JsonValue } from '../../lib/json.ts';
import type { Log } from '../../lib/log.ts';
import type { ImageProvider } from '../../providers/provider.ts';
import type { UpstreamCancel, UpstreamCancels } from '../store/upstream-cancels.ts';

interface Dependencies {
  providers: Readonly<Record<string, ImageProvider>>;
  cancels: UpstreamCancels;
  log: Log;
}

export type Canceler = ReturnType<typeof createCanceler>;

const callTimeoutMs = 10_000;
/** The time to the next try, also by another node where this one stopped. */
const retryMs = 12_000;
/** Retry a cancel this long, then rely on the provider's own time limit. */
const givingUpMs = 60_000;
const batch = 20;

export function createCanceler({ providers, cancels, log }: Dependencies) {
  const call = async (provider: string, operation: JsonValue, signal?: AbortSignal): Promise<void> => {
    const signals = [AbortSignal.timeout(callTimeoutMs), ...(signal ? [signal] : [])];
    await providers[provider]?.cancel?.(operation, { signal: AbortSignal.any(signals) });
  };

  async function cancelOne({ id, provider, operation, ageMs }: UpstreamCancel, signal: AbortSignal) {
    try {
      await call(provider, operation, signal);
    } catch (error) {
      log.warn({ error }, 'could not cancel at the provider');
      if (ageMs < givingUpMs) return;
    }
    await cancels.remove(id);
  }

  return {
    /** Cancels the work now, or later where the call fails. */
    async cancel(provider: string, operation: JsonValue): Promise<void> {
      try {
        await call(provider, operation);
      } catch (error) {
        log.warn({ error }, 'could not cancel at the provider');
        await cancels.add(provider, operation);
      }
    },

    /** Sends the cancels that are due to this node's providers. @returns whether more may be due */
    async cancelDue(signal: AbortSignal): Promise<boolean> {
      const due = await cancels.take({ providers: Object.keys(providers), limit: batch, retryMs });
      await Promise.all(due.map((each) => cancelOne(each, signal)));
      return due.length === batch;
    },
  };
}
