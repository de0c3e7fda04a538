/** Encrypts the endpoints' secrets under the current key, so that the one before it is no longer needed. */
import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { Log } from '../../lib/log.ts';
import type { SecretBox } from './secret-box.ts';
import { readSecrets, warnOfUnreadable } from './unreadable-secrets.ts';

interface Dependencies {
  prisma: PrismaClient;
  secretBox: Pick<SecretBox, 'canOpen' | 'resealed'>;
  log: Log;
}

/** Warns of secrets that no accepted key opens. @returns The number of endpoints whose secrets were encrypted under another one. */
export async function resealSecrets({ prisma, secretBox, log }: Dependencies): Promise<number> {
  let [count, unreadable] = [0, 0];
  for await (const { id, secret, previousSecret } of readSecrets(prisma)) {
    if (!secretBox.canOpen(secret)) unreadable += 1;
    const [current, previous] = [secret, previousSecret].map((each) => each && secretBox.resealed(each));
    if (!current && !previous) continue;
    // A secret that its user rotated meanwhile is not overwritten.
    const { count: changed } = await prisma.webhookEndpoint.updateMany({
      where: { id, secret, previousSecret },
      data: { ...(current && { secret: current }), ...(previous && { previousSecret: previous }) },
    });
    count += changed;
  }
  if (count > 0) log.info({ count }, 'encrypted secrets of webhook endpoints under the current AUTH_SECRET');
  warnOfUnreadable(unreadable, log);
  return count;
}
