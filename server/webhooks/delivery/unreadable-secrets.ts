/** Secrets of endpoints that no known key opens, as after a restore or a rotation without the secret that encrypted them. */
import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { Log } from '../../lib/log.ts';
import type { Secrets } from '../../lib/secret.ts';
import { openSecretBox, type SecretBox } from './secret-box.ts';

const pageSize = 500;

interface Dependencies {
  prisma: Pick<PrismaClient, 'webhookEndpoint'>;
  secretBox: Pick<SecretBox, 'canOpen'>;
}

/** The secrets of all endpoints. */
export async function* readSecrets(prisma: Dependencies['prisma']) {
  for (let after = ''; ;) {
    const endpoints = await prisma.webhookEndpoint.findMany({
      where: { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: pageSize,
      select: { id: true, secret: true, previousSecret: true },
    });
    yield* endpoints;
    const last = endpoints.at(-1);
    if (!last || endpoints.length < pageSize) return;
    after = last.id;
  }
}

/** The number of endpoints to which nothing can be sent, because their secret is unreadable. */
export async function countUnreadable({ prisma, secretBox }: Dependencies): Promise<number> {
  let count = 0;
  for await (const { secret } of readSecrets(prisma)) if (!secretBox.canOpen(secret)) count += 1;
  return count;
}

/**
 * The number of endpoints whose secret a node with these secrets of the installation could not read; `undefined` where the
 * current one is not known.
 */
export async function countUnreadableBy(
  { current, accepted }: Pick<Secrets, 'accepted'> & { current: string | undefined },
  prisma: Dependencies['prisma'],
): Promise<number | undefined> {
  if (current === undefined) return undefined;
  return countUnreadable({ prisma, secretBox: openSecretBox({ current, accepted }) });
}

/** What to do about unreadable secrets, for operators. */
export const describeUnreadable = (count: number) =>
  `The secrets of ${count} webhook endpoint(s) are encrypted under a secret of the installation that is not known here, so ` +
  'nothing is sent to them. Add that secret to AUTH_SECRETS_ACCEPTED; if it is lost, ask their users to rotate the secrets.';

/** Logs a warning if there are any. */
export function warnOfUnreadable(count: number, log: Log): void {
  if (count > 0) log.warn({ component: 'webhooks', count }, describeUnreadable(count));
}
