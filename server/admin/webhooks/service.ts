/** What operators do to the webhook endpoints of users. */
import { Prisma, type PrismaClient } from '../../generated/prisma/client.ts';
import { AppError } from '../../lib/errors.ts';
import { createWebhookQueue } from '../../webhooks/delivery/queue.ts';
import { type Operator, recordAction } from '../audit-trail.ts';

export type UserWebhooks = ReturnType<typeof createUserWebhooks>;

const disabledReason = 'An operator of this installation disabled it.';

export const missingEndpoint = () => new AppError('NOT_FOUND', 'There is no such webhook endpoint.', 'id');

export function createUserWebhooks({ prisma }: { prisma: PrismaClient }) {
  const queue = createWebhookQueue({ prisma });

  return {
    /** Those whose last attempt failed, or that the server or an operator disabled. */
    failing: { OR: [{ failingSince: { not: null } }, { disabledReason: { not: null } }] },

    /**
     * Disables the endpoint and gives up its waiting deliveries, or enables it again. Its user may do the same. Does
     * nothing the second time. @throws {AppError} NOT_FOUND
     */
    async setEnabled(operator: Operator, id: string, isEnabled: boolean): Promise<string> {
      const endpoint = await prisma.webhookEndpoint.findUnique({ where: { id } });
      if (!endpoint) throw missingEndpoint();
      // A change of a task that ended together with the disabling may have written deliveries after they were given up.
      if (isEnabled && !endpoint.enabled) await queue.giveUp(id);
      const state = isEnabled
        ? Prisma.sql`"enabled" = true, "disabledReason" = NULL, "failingSince" = NULL`
        : Prisma.sql`"enabled" = false, "disabledReason" = ${disabledReason}`;
      const action = {
        operator,
        action: isEnabled ? 'webhooks.enable' : 'webhooks.disable',
        target: `endpoint:${id}`,
        details: { user: endpoint.userId },
      };
      await prisma.$executeRaw`
        WITH "changed" AS (
          UPDATE "WebhookEndpoint" SET ${state} WHERE "id" = ${id} AND "enabled" <> ${isEnabled}::boolean RETURNING "id"
        ) ${recordAction(action, Prisma.sql`FROM "changed"`)}`;
      if (!isEnabled) await queue.giveUp(id);
      return id;
    },
  };
}
