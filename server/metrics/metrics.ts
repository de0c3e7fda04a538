/**
 * Prometheus metrics of this process. What it counts is in `counters.ts`; gauges are read at each scrape, those of the whole
 * installation from the database (`installation.ts`).
 */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Handler } from '../http/handler.ts';
import type { ImageProvider } from '../providers/provider.ts';
import { type AnsweredRequest, defineCounters, type ExecutedOperation, type TaskChange } from './counters.ts';
import type { InstallationFigures } from './installation.ts';
import { timeProvider } from './provider-calls.ts';

export type Metrics = ReturnType<typeof createMetrics>;

/** Read at each scrape. */
interface Gauges {
  activeSteps: () => number;
  activeWebhooks: () => number;
  subscribers: () => number;
  sockets: () => number;
  /** Whether each component works. */
  components: () => Promise<[name: string, isUp: boolean][]>;
  /** Rejects while the database does not answer: the scrape then goes without them. */
  installation: () => Promise<InstallationFigures>;
}

export interface MetricsOptions {
  /** Versions, as labels of `proofsheet_build_info`. */
  build: { version: string; node: string };
  /** Names that appear as labels, so that their series begin at 0. */
  providers: readonly string[];
  models: readonly string[];
}

/** Each sample of the event loop's lag wakes the process, by default 100 times a second. */
const lagSampleMs = 100;

export function createMetrics({ build, providers, models }: MetricsOptions) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagSampleMs });
  const counters = defineCounters(registers, models);
  new Gauge({
    name: 'proofsheet_build_info',
    help: 'Always 1; the versions are in the labels.',
    labelNames: ['version', 'node'],
    registers,
  }).set(build, 1);

  return {
    /** Counts an attempt to deliver a webhook to an endpoint of a user. */
    countWebhookAttempt: (outcome: string) => counters.webhooks.inc({ outcome }),

    countSweepStop: (reason: string) => counters.sweepStops.inc({ reason }),

    /** Counts a change of a task that this process publishes: its acceptance or its end. */
    countChange: (task: TaskChange) => counters.countChange(task),

    /** Counts an error in a GraphQL response. */
    countGraphQLError: (code: string) => counters.graphqlErrors.inc({ code }),

    /** Counts an executed operation of GraphQL. */
    countOperation: (operation: ExecutedOperation, seconds: number) =>
      counters.countOperation(operation, seconds),

    /** Counts credits that were granted, or taken back where the amount is negative. */
    countGrant: (amount: number) =>
      counters.countCredits(amount < 0 ? 'ADJUSTMENT' : 'GRANT', Math.abs(amount)),

    /** Counts an answered HTTP request. */
    countRequest: (request: AnsweredRequest) => counters.countRequest(request),

    /** The provider, with its calls timed. */
    timeCalls: (name: string, provider: ImageProvider) => timeProvider(provider, name, counters.calls),

    watch: (gauges: Gauges): void => watch(registry, gauges, providers),

    /** Answers `/metrics`. */
    handler: (async (_, response) => {
      const text = await registry.metrics();
      response.writeHead(200, { 'Content-Type': registry.contentType });
      response.end(text);
    }) satisfies Handler,
  };
}

function watch(registry: Registry, gauges: Gauges, providers: readonly string[]): void {
  const registers = [registry];
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
  watchInstallation(registry, gauges.installation, providers);
}

/** The same on every node: take the maximum over nodes, not the sum. Without a value while the database does not answer. */
function watchInstallation(
  registry: Registry,
  read: Gauges['installation'],
  providers: readonly string[],
): void {
  const gauge = (name: string, help: string, pick: (figures: InstallationFigures) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const figures = await read().catch(() => undefined);
        if (figures) this.set(pick(figures));
        else this.remove();
      },
    });
  gauge(
    'proofsheet_queue_due_tasks',
    'Tasks that are due and that no worker has leased.',
    ({ dueTasks }) => dueTasks,
  );
  gauge(
    'proofsheet_queue_oldest_due_seconds',
    'Time since the longest waiting of them became due; 0 where none waits.',
    ({ oldestDueSeconds }) => oldestDueSeconds,
  );
  gauge(
    'proofsheet_upstream_cancels_waiting',
    'Cancels that have not reached the provider yet.',
    ({ waitingCancels }) => waitingCancels,
  );
  gauge(
    'proofsheet_webhook_deliveries_waiting',
    'Due webhooks to endpoints of users, counted up to 10,000.',
    ({ waitingWebhooks }) => waitingWebhooks,
  );
  const unfinished = new Gauge({
    name: 'proofsheet_tasks_unfinished',
    help: 'Unfinished tasks by provider and status.',
    labelNames: ['provider', 'status'],
    registers: [],
    async collect() {
      this.reset();
      const figures = await read().catch(() => undefined);
      if (!figures) return;
      for (const provider of providers)
        for (const status of ['PENDING', 'PROCESSING']) this.set({ provider, status }, 0);
      for (const { provider, status, count } of figures.unfinished) this.set({ provider, status }, count);
    },
  });
  registry.registerMetric(unfinished);
}
