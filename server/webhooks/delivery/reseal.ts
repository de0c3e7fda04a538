/** Encrypts the endpoints' secrets under the current key, so that the one before it is no longer needed. */
import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { Log } from '../../lib/log.ts';
import type { SecretBox } from './secret-box.ts';

const pageSize = 500;

interface Dependencies {
  prisma: PrismaClient;
  secretBox: Pick<SecretBox, 'resealed'>;
  log: Log;
}

/** @returns The number of endpoints whose secrets were encrypted under another accepted key. */
export async function resealSecrets({ prisma, secretBox, log }: Dependencies): Promise<number> {
  let count = 0;
  for (let after = ''; ;) {
    const endpoints = await prisma.webhookEndpoint.findMany({
      where: { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: pageSize,
      select: { id: true, secret: true, previousSecret: true },
    });
    for (const { id, secret, previousSecret } of endpoints) {
      const [current, previous] = [secret, previousSecret].map((each) => each && secretBox.resealed(each));
      if (!current && !previous) continue;
      // A secret that its user rotated meanwhile is not overwritten.
      const { count: changed } = await prisma.webhookEndpoint.updateMany({
        where: { id, secret, previousSecret },
        data: { ...(current && { secret: current }), ...(previous && { previousSecret: previous }) },
      });
      count += changed;
    }
    const last = endpoints.at(-1);
    if (!last || endpoints.length < pageSize) break;
    after = last.id;
  }
  if (count > 0) log.info({ count }, 'encrypted secrets of webhook endpoints under the current AUTH_SECRET');
  return count;
}
