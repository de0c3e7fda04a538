/** Prometheus metrics of this process. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ImageProvider } from '../providers/provider.ts';
import type { Handler } from './handler.ts';

export type Metrics = ReturnType<typeof createMetrics>;

interface EndedTask {
  model: string;
  status: string;
  failureCode: string | null;
  createdAt: Date;
  completedAt: Date;
}

/** Read at each scrape. */
interface Gauges {
  activeSteps: () => number;
  activeWebhooks: () => number;
  subscribers: () => number;
  sockets: () => number;
  /** Whether each component works. */
  components: () => Promise<[name: string, isUp: boolean][]>;
}

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const { ended, duration, calls, sweepStops, webhooks } = defineMetrics(registers);

  return {
    /** Counts an attempt to deliver a webhook to an endpoint of a user. */
    countWebhookAttempt: (outcome: string) => webhooks.inc({ outcome }),

    countSweepStop: (reason: string) => sweepStops.inc({ reason }),

    /** Counts a final state that this process publishes. */
    countEnd({ model, status, failureCode, createdAt, completedAt }: EndedTask): void {
      ended.inc({ model, status, failure: failureCode ?? '' });
      duration.observe({ model, status }, (completedAt.getTime() - createdAt.getTime()) / 1000);
    },

    /** The provider, with its calls timed. */
    timeCalls: (name: string, provider: ImageProvider) => timeProvider(provider, name, calls),

    watch(gauges: Gauges): void {
      const gauge = (name: string, help: string, read: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      gauge('proofsheet_worker_turns', 'Running steps of tasks.', gauges.activeSteps);
      gauge('proofsheet_webhook_turns', 'Running attempts to deliver a webhook.', gauges.activeWebhooks);
      gauge('proofsheet_subscribers', 'Open subscriptions.', gauges.subscribers);
      gauge('proofsheet_sockets', 'Open WebSockets.', gauges.sockets);
      const up = new Gauge({
        name: 'proofsheet_component_up',
        help: 'Whether a component works: 1, or 0 where it fails.',
        labelNames: ['component'],
        registers: [],
        async collect() {
          for (const [component, isUp] of await gauges.components()) this.set({ component }, isUp ? 1 : 0);
        },
      });
      registry.registerMetric(up);
    },

    /** Answers `/metrics`. */
    handler: (async (_, response) => {
      response.writeHead(200, { 'Content-Type': registry.contentType });
      response.end(await registry.metrics());
    }) satisfies Handler,
  };
}

/** The metrics that this process records itself; gauges read theirs at each scrape. */
function defineMetrics(registers: Registry[]) {
  const ended = new Counter({
    name: 'proofsheet_tasks_ended_total',
    help: 'Tasks whose end this process published, by outcome.',
    labelNames: ['model', 'status', 'failure'],
    registers,
  });
  const duration = new Histogram({
    name: 'proofsheet_task_duration_seconds',
    help: 'Time from acceptance to the final state.',
    labelNames: ['model', 'status'],
    buckets: [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 180, 300],
    registers,
  });
  const calls = new Histogram({
    name: 'proofsheet_provider_call_seconds',
    help: 'Calls to a provider, by their outcome.',
    labelNames: ['provider', 'call', 'outcome'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180],
    registers,
  });
  const sweepStops = new Counter({
    name: 'proofsheet_sweep_stops_total',
    help: 'Storage sweeps that stopped without deleting, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const webhooks = new Counter({
    name: 'proofsheet_webhook_attempts_total',
    help: 'Attempts to deliver a webhook to an endpoint of a user, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  return { ended, duration, calls, sweepStops, webhooks };
}

function timeProvider(
  provider: ImageProvider,
  name: string,
  calls: Histogram<'provider' | 'call' | 'outcome'>,
): ImageProvider {
  const timed =
    <A extends unknown[], R>(call: string, run: (...args: A) => Promise<R>, outcome: (result: R) => string) =>
    async (...args: A): Promise<R> => {
      const end = calls.startTimer({ provider: name, call });
      try {
        const result = await run(...args);
        end({ outcome: outcome(result) });
        return result;
      } catch (error) {
        end({ outcome: 'error' });
        throw error;
      }
    };
  const { poll, find, cancel, reports } = provider;
  return {
    ...(reports && { reports }),
    start: timed('start', provider.start.bind(provider), (state) => state.status),
    ...(poll && { poll: timed('poll', poll.bind(provider), (state) => state.status) }),
    ...(find && { find: timed('find', find.bind(provider), (state) => state?.status ?? 'none') }),
    ...(cancel && { cancel: timed('cancel', cancel.bind(provider), () => 'ok') }),
  };
}
