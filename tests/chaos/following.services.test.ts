/** What it costs to follow tasks at the provider's own pace, and how soon a subscriber learns that they have ended. */
import { expect, it, onTestFinished } from 'vitest';
import { localId } from '../../server/graphql/global-id.ts';
import { createCaller } from '../support/api.ts';
import { createRandom, percentile, report, scaled, testTimeoutMs } from './support/chaos.ts';
import { startCluster } from './support/cluster.ts';
import { createApiClient, startLoad } from './support/api-client.ts';

const tasks = scaled(60, 1_000);
const intervalMs = 1_000;
/** Nothing is reported while a prediction waits in the provider's queue; then it runs for some seconds. */
const queuedMs = 3_000;
const longestRunMs = 3_200;

interface Update {
  taskUpdated: { id: string; status: string };
}

/** Runs all tasks, five new ones each second, while one subscriber receives their updates. */
async function run({ hasWebhooks }: { hasWebhooks: boolean }) {
  const random = createRandom('following');
  let statements = 0;
  const cluster = await startCluster({
    nodes: 1,
    hasWebhooks,
    speed: 1,
    env: { POLL_INTERVAL_MS: String(intervalMs) },
    watch: () => ({
      statement({ sql, phase }) {
        if (phase === 'sent' && sql !== 'SELECT 1') statements += 1;
        return true;
      },
    }),
  });
  onTestFinished(() => cluster.remove());
  const { url } = cluster.nodes[0]!;
  const client = await createApiClient(() => [url], random.pick);
  const subscription = createCaller(url, client.token).subscribe<Update>(
    'subscription { taskUpdated { id status } }',
  );
  const before = { statements, calls: cluster.provider.calls };
  const endedAtMs = new Map<string, number>();
  const allReceived = (async () => {
    for await (const { data } of subscription.results) {
      if (data?.taskUpdated.status === 'SUCCESS') endedAtMs.set(data.taskUpdated.id, Date.now());
      if (endedAtMs.size === tasks) return;
    }
  })();
  const isEnough = Promise.withResolvers<void>();
  const load = startLoad(200, (index) => {
    if (index === tasks - 1) isEnough.resolve();
    const prompt = `following ${index} sandbox:queued=${queuedMs / 1000}`;
    return client.generate({ prompt, idempotencyKey: prompt });
  });
  await isEnough.promise;
  const ids = await load.stop();
  expect(ids).toHaveLength(tasks);
  await allReceived;
  await subscription.close();
  const counted = {
    statements: statements - before.statements,
    calls: cluster.provider.calls - before.calls,
  };

  const rows = await cluster.query<{ id: string; madeAt: string; settledAtMs: number }>(
    `SELECT "id", "TaskAnswer"."providerAnswer"->>'completed_at' AS "madeAt",
       (extract(epoch FROM "completedAt") * 1000)::float8 AS "settledAtMs"
     FROM "Task" JOIN "TaskAnswer" ON "taskId" = "id" WHERE "status" = 'SUCCESS'`,
  );
  const delays = ids.map((id) => {
    const { madeAt, settledAtMs } = rows.find((row) => row.id === localId(id, 'Task'))!;
    return { afterMs: endedAtMs.get(id)! - Date.parse(madeAt), settledMs: endedAtMs.get(id)! - settledAtMs };
  });
  const spread = (delaysMs: number[]) =>
    [0.5, 0.99].map((share) => Math.round(percentile(delaysMs, share))).join(', ');
  return {
    callsPerTask: counted.calls / tasks,
    statementsPerTask: counted.statements / tasks,
    delays: spread(delays.map(({ afterMs }) => afterMs)),
    delaysSettled: spread(delays.map(({ settledMs }) => settledMs)),
    mostCreations: cluster.provider.mostCreations(),
  };
}

// Turns red where the provider is polled as often as if it sent no webhooks.
it('hardly polls a provider that sends webhooks', { timeout: testTimeoutMs }, async () => {
  const seen = await run({ hasWebhooks: true });
  const calls = seen.callsPerTask.toFixed(2);
  report(`webhooks, ${tasks} tasks: calls to the provider a task`, calls, '1.7');
  report('webhooks: statements a task, with its acceptance', seen.statementsPerTask.toFixed(1), 'any');
  report(
    "webhooks: from the provider's end, over keeping, to the client in ms, p50, p99",
    seen.delays,
    '10, 50',
  );
  report(
    'webhooks: from the statement that settles to the client in ms, p50, p99',
    seen.delaysSettled,
    'any',
  );
  expect(seen.callsPerTask).toBeLessThanOrEqual(1.7);
  expect(seen.mostCreations).toBe(1);
});

// Turns red where the provider is asked more often than the interval says.
it('asks a provider that tells nothing in its interval', { timeout: testTimeoutMs }, async () => {
  const seen = await run({ hasWebhooks: false });
  report(`polling, ${tasks} tasks: calls to the provider a task`, seen.callsPerTask.toFixed(2), 'any');
  report('polling: statements a task, with its acceptance', seen.statementsPerTask.toFixed(1), 'any');
  const goal = `any, ${1.1 * intervalMs}`;
  report("polling: from the provider's end, over keeping, to the client in ms, p50, p99", seen.delays, goal);
  // One creates it, one finds it ended, one more comes from the rounding of the others.
  expect(seen.callsPerTask).toBeLessThanOrEqual(3 + (queuedMs + longestRunMs) / intervalMs);
  expect(seen.mostCreations).toBe(1);
});
