/** Builds what accepts, runs and follows tasks. */
import { randomUUID } from 'node:crypto';
import type { Config } from './config/config.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Log } from './lib/log.ts';
import { createMedianDuration } from './models/median-duration.ts';
import { createModelService } from './models/service.ts';
import { createTaskService } from './tasks/service.ts';
import { createIdempotencyKeys } from './tasks/store/idempotency-keys.ts';
import { createTaskStore } from './tasks/store/store.ts';
import { createUpstreamCancels } from './tasks/store/upstream-cancels.ts';
import { createWebhookDeliveries } from './tasks/store/webhook-deliveries.ts';
import { createCanceler } from './tasks/worker/cancel.ts';
import { createSteps } from './tasks/worker/steps.ts';
import { createWorker } from './tasks/worker/worker.ts';

export type TaskSystem = ReturnType<typeof createTaskSystem>;

/** The worker is not started yet. */
export function createTaskSystem(config: Config, infrastructure: Infrastructure, log: Log) {
  const { database, imageSystem, events } = infrastructure;
  const { newTaskId, traceStore, traceSteps, traceImages } = infrastructure.traces.tasks;
  const { prisma, clock } = database;
  const { images } = imageSystem;
  const { providers, sandboxed } = infrastructure.providers;
  const store = traceStore(createTaskStore({ prisma }));
  const idempotencyKeys = createIdempotencyKeys({ prisma, clock });
  const models = createModelService({ sandboxed, medianDurationMs: createMedianDuration({ prisma }) });
  const canceler = createCanceler({ providers, cancels: createUpstreamCancels({ prisma }), log });
  const steps = traceSteps(
    createSteps({
      providers,
      images: traceImages(images),
      clock,
      store,
      canceler,
      pollIntervalMs: config.pollIntervalMs,
      log,
    }),
  );
  const worker = createWorker({
    store,
    events,
    clock,
    steps,
    canceler,
    providers: Object.keys(providers),
    node: randomUUID(),
    concurrency: config.workerConcurrency,
    log,
  });
  const tasks = createTaskService({
    store,
    idempotencyKeys,
    newTaskId,
    images,
    models,
    events,
    clock,
    onChange: (task) => worker.wake(task),
    taskTimeoutMs: config.taskTimeoutMs,
    maxActiveTasks: config.maxActiveTasks,
    dailyLimits: { perUser: config.dailyCreditLimit, total: config.dailyCreditLimitTotal },
  });
  return { worker, tasks, models, idempotencyKeys, deliveries: createWebhookDeliveries({ prisma }) };
}
