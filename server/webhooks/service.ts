/** The operations of a user on webhook endpoints and deliveries. */
import { v7 as uuid } from 'uuid';
import type {
  OutgoingWebhook,
  Prisma,
  PrismaClient,
  WebhookEndpoint,
  WebhookEvent,
} from '../generated/prisma/client.ts';
import { AppError } from '../lib/errors.ts';
import type { WebhookQueue } from './delivery/queue.ts';
import type { SecretBox } from './delivery/secret-box.ts';
import { createSecret } from './delivery/signature.ts';
import { checkedEndpointUrl } from './endpoint-url.ts';

export type WebhookService = ReturnType<typeof createWebhookService>;

interface Dependencies {
  prisma: PrismaClient;
  queue: WebhookQueue;
  secretBox: SecretBox;
  /** Origins that the operator allows beside public https addresses. */
  allowedOrigins: readonly string[];
  /** Called when a delivery is due at once. */
  onDue: () => void;
}

export interface EndpointChange {
  id: string;
  url?: string | undefined;
  events?: WebhookEvent[] | undefined;
  enabled?: boolean | undefined;
}

/** An endpoint with its new secret, which is not shown again. */
export interface EndpointWithSecret {
  endpoint: WebhookEndpoint;
  secret: string;
}

const maxEndpoints = 10;
const maxWaitingTests = 10;
/** How long the secret before a rotation signs too. */
const rotationHours = 24;

/** Every member sees the user's endpoints only; another user's counts as missing. */
export function createWebhookService(dependencies: Dependencies) {
  return { ...createEndpoints(dependencies), ...createDeliveries(dependencies) };
}

function createEndpoints({ prisma, queue, secretBox, allowedOrigins }: Dependencies) {
  return {
    /** @throws {AppError} INVALID_INPUT */
    async create(
      userId: string,
      input: { url: string; events: WebhookEvent[] },
    ): Promise<EndpointWithSecret> {
      const secret = createSecret();
      const data = {
        id: uuid(),
        userId,
        url: checkedEndpointUrl(input.url, allowedOrigins),
        events: checkedEvents(input.events),
        secret: secretBox.seal(secret),
      };
      return { endpoint: await insertEndpoint(prisma, data), secret };
    },

    /** @throws {AppError} NOT_FOUND, INVALID_INPUT */
    async update(userId: string, { id, url, events, enabled }: EndpointChange): Promise<WebhookEndpoint> {
      const data = {
        ...(url !== undefined && { url: checkedEndpointUrl(url, allowedOrigins), failingSince: null }),
        ...(events && { events: checkedEvents(events) }),
        ...(enabled !== undefined && { enabled }),
        ...(enabled && { disabledReason: null, failingSince: null }),
      };
      // A change of a task that ended together with the disabling may have written deliveries after they were given up.
      if (enabled && (await prisma.webhookEndpoint.count({ where: { id, userId, enabled: false } })) > 0)
        await queue.giveUp(id);
      const [updated] = await prisma.webhookEndpoint.updateManyAndReturn({ where: { id, userId }, data });
      if (!updated) throw missingEndpoint('input.id');
      if (!updated.enabled) await queue.giveUp(id);
      return updated;
    },

    /** Removes the endpoint and its deliveries. @throws {AppError} NOT_FOUND */
    async remove(userId: string, id: string): Promise<void> {
      const own = { where: { id, userId } };
      if ((await prisma.webhookEndpoint.count(own)) === 0) throw missingEndpoint('id');
      await queue.removeDeliveries(id);
      await prisma.webhookEndpoint.deleteMany(own);
    },

    /** Replaces the secret; the one before it signs too for 24 hours. @throws {AppError} NOT_FOUND */
    async rotateSecret(userId: string, id: string): Promise<EndpointWithSecret> {
      const secret = createSecret();
      const rotated = await prisma.$executeRaw`
        UPDATE "WebhookEndpoint" SET "previousSecret" = "secret", "secret" = ${secretBox.seal(secret)},
          "previousSecretExpiresAt" = now() + ${rotationHours}::int * interval '1 hour'
        WHERE "id" = ${id} AND "userId" = ${userId}`;
      if (rotated === 0) throw missingEndpoint('id');
      return { endpoint: await prisma.webhookEndpoint.findUniqueOrThrow({ where: { id } }), secret };
    },
  };
}

function insertEndpoint(
  prisma: PrismaClient,
  data: Prisma.WebhookEndpointUncheckedCreateInput,
): Promise<WebhookEndpoint> {
  const { userId } = data;
  return prisma.$transaction(async (transaction) => {
    // Concurrent creations of a user wait for each other, so that each counts those before it.
    await transaction.$queryRaw`SELECT "id" FROM "User" WHERE "id" = ${userId} FOR NO KEY UPDATE`;
    const count = await transaction.webhookEndpoint.count({ where: { userId } });
    if (count >= maxEndpoints)
      throw new AppError('INVALID_INPUT', `You can have up to ${maxEndpoints} endpoints. Delete one first.`);
    return transaction.webhookEndpoint.create({ data });
  });
}

function createDeliveries({ prisma, queue, onDue }: Dependencies) {
  const requireEnabled = (endpoint: WebhookEndpoint | null) => {
    if (!endpoint) throw missingEndpoint('id');
    if (!endpoint.enabled)
      throw new AppError('INVALID_INPUT', 'This endpoint is disabled. Enable it first.', 'id');
  };

  return {
    /**
     * Adds a delivery of a sample, due at once.
     * @throws {AppError} NOT_FOUND; INVALID_INPUT where it is disabled; RATE_LIMITED where ten samples wait
     */
    async test(userId: string, endpointId: string): Promise<OutgoingWebhook> {
      requireEnabled(await prisma.webhookEndpoint.findUnique({ where: { id: endpointId, userId } }));
      const id = uuid();
      await prisma.$transaction(async (transaction) => {
        // Concurrent tests of an endpoint wait for each other, so that each counts those before it.
        await transaction.$queryRaw`SELECT "id" FROM "WebhookEndpoint" WHERE "id" = ${endpointId} FOR NO KEY UPDATE`;
        const waiting = { endpointId, taskId: null, status: 'PENDING' } as const;
        if ((await transaction.outgoingWebhook.count({ where: waiting })) >= maxWaitingTests)
          throw new AppError(
            'RATE_LIMITED',
            'Earlier tests of this endpoint still wait. Look at its deliveries.',
          );
        // In SQL, so that it is due by the database's clock: Prisma's default is this node's time.
        await transaction.$executeRaw`
          INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event") VALUES (${id}, ${endpointId}, 'TASK_COMPLETED')`;
      });
      onDue();
      return prisma.outgoingWebhook.findUniqueOrThrow({ where: { id } });
    },

    /** Sends the delivery again, with its id. @throws {AppError} NOT_FOUND, INVALID_INPUT where its endpoint is disabled */
    async redeliver(userId: string, id: string): Promise<OutgoingWebhook> {
      const found = await prisma.outgoingWebhook.findUnique({
        where: { id, endpoint: { userId } },
        include: { endpoint: true },
      });
      if (found) requireEnabled(found.endpoint);
      const delivery = await queue.repeat(userId, id);
      if (!delivery) throw new AppError('NOT_FOUND', 'There is no such delivery.', 'id');
      onDue();
      return delivery;
    },
  };
}

function checkedEvents(events: WebhookEvent[]): WebhookEvent[] {
  if (events.length === 0)
    throw new AppError('INVALID_INPUT', 'Name at least one event to send.', 'input.events');
  return [...new Set(events)];
}

const missingEndpoint = (field: string) =>
  new AppError('NOT_FOUND', 'There is no such webhook endpoint.', field);
