/** Builds what sends webhooks to the users' endpoints. */
import type { Config } from './config/config.ts';
import { createFixedQuery, leafFields } from './graphql/fixed-query.ts';
import type { Infrastructure } from './infrastructure.ts';
import { createGuardedFetch } from './lib/guarded-fetch.ts';
import type { Log } from './lib/log.ts';
import type { ModelService } from './models/service.ts';
import { schema } from './schema.ts';
import { createTaskLoader } from './tasks/store/loader.ts';
import { createWebhookQueue } from './webhooks/delivery/queue.ts';
import { resealSecrets } from './webhooks/delivery/reseal.ts';
import { createRetention } from './webhooks/delivery/retention.ts';
import { openSecretBox } from './webhooks/delivery/secret-box.ts';
import { countUnreadable, warnOfUnreadable } from './webhooks/delivery/unreadable-secrets.ts';
import { createWebhookWorker } from './webhooks/delivery/worker.ts';
import { createPayloadRenderer, createTaskQuery } from './webhooks/payload.ts';
import { createWebhookService } from './webhooks/service.ts';

export type WebhookSystem = ReturnType<typeof createWebhookSystem>;

/** The worker is not started yet. */
export function createWebhookSystem(
  config: Config,
  { database, secrets, imageSystem, metrics }: Infrastructure,
  { models, log }: { models: ModelService; log: Log },
) {
  const { prisma, clock } = database;
  const queue = createWebhookQueue({ prisma });
  const secretBox = openSecretBox(secrets);
  const allowedOrigins = config.webhookOrigins;
  const worker = createWebhookWorker({
    queue,
    render: createPayloadRenderer({
      queryTask: createFixedQuery(
        schema,
        createTaskQuery((typeName) => leafFields(schema, typeName)),
      ),
      tasks: createTaskLoader({ prisma }),
      images: imageSystem.images,
      models,
    }),
    secretBox,
    fetch: createGuardedFetch({ allowedOrigins }),
    clock,
    countAttempt: metrics.countWebhookAttempt,
    log,
  });
  const service = createWebhookService({ prisma, queue, secretBox, allowedOrigins, onDue: worker.wake });
  return {
    worker,
    service,
    retention: createRetention({ prisma, log }),
    /** See `reseal.ts`. */
    resealSecrets: () => resealSecrets({ prisma, secretBox, log }),
    /** See `unreadable-secrets.ts`. */
    warnOfUnreadableSecrets: async () => warnOfUnreadable(await countUnreadable({ prisma, secretBox }), log),
  };
}
