/**
 * The composition root: builds everything once, in dependency order. `infrastructure.ts` opens what it runs on,
 * `adapters.ts` selects the adapters for the ports, and `site.ts` builds what the HTTP server serves.
 */
import { createUserDeletion } from './account/user-deletion.ts';
import { createFirstAdmins } from './admin/first-admins.ts';
import { operatorSecrets, withOperatorTokens } from './admin/operator-token.ts';
import { removeAbandonedCopies } from './backup/database-copy.ts';
import { createInviteService } from './auth/invites.ts';
import { createAuth } from './auth/session.ts';
import { createSignUpGate } from './auth/sign-ups.ts';
import type { Config } from './config/config.ts';
import { createLedger } from './credits/ledger.ts';
import { expireUploads } from './images/expiry.ts';
import { expireResults } from './images/retention.ts';
import { sweepOrphans } from './images/sweep.ts';
import { type Infrastructure, openInfrastructure } from './infrastructure.ts';
import { every } from './lib/every.ts';
import type { Log } from './lib/log.ts';
import { createCallerRateLimiter } from './lib/rate-limiter.ts';
import { deriveSecrets } from './lib/secret.ts';
import { removeAbandonedFiles } from './lib/spooled-file.ts';
import { openSite } from './site.ts';
import { createTaskSystem } from './task-system.ts';
import { observeChanges } from './tasks/events.ts';
import { isFinal } from './tasks/task.ts';
import { createWebhookSystem } from './webhook-system.ts';

export interface App {
  /** The URL at which it is reached. */
  url: string;
  /** The URL of ADMIN_PORT, where that is set. */
  adminUrl: string | undefined;
  /** Stops cleanly within 10 s: accepts nothing new, and finishes running work or leaves it to another node. */
  close(): Promise<void>;
}

/** How long a balancer may take to see at `/readyz` that a node stops. */
const drainMs = 2_000;

/** The pauses between two runs of what is done again and again. */
const intervals = {
  housekeepingMs: 3_600_000,
  /**
   * More often: what is bounded may grow by megabytes in a minute, what a user deletes is not kept longer, and autovacuum
   * of a server looks each minute too.
   */
  frequentMs: 60_000,
};

/** Starts the whole product; rejects, with everything closed again, where a part cannot start. */
export async function startApp(
  config: Config,
  log: Log,
  given: Partial<typeof intervals> = {},
): Promise<App> {
  const { housekeepingMs, frequentMs } = { ...intervals, ...given };
  await using opened = new AsyncDisposableStack();
  for (const warning of config.warnings) log.warn({ component: 'config' }, warning);
  const infrastructure = await openInfrastructure(config, log, opened);
  const { database, server, publicUrl, imageSystem, metrics, providers, events } = infrastructure;
  const observed = observeChanges(events, (task) => isFinal(task) && webhooks.worker.wake());
  const taskSystem = createTaskSystem(config, { ...infrastructure, events: observed }, log);
  const webhooks = createWebhookSystem(config, infrastructure, { models: taskSystem.models, log });
  const { prisma } = database;
  const { images, stored } = imageSystem;
  const deletion = createUserDeletion({ prisma, tasks: taskSystem.tasks, images, log });
  const invites = createInviteService({ prisma, publicUrl });
  const signUps = createSignUpGate({
    prisma,
    mode: config.signups,
    perNetworkPerDay: config.signupsPerAddressPerDay,
    invites,
  });
  const makeAdmin = createFirstAdmins({ prisma, emails: config.adminEmails });
  await makeAdmin();
  const accounts = openAuth(
    config,
    infrastructure,
    { deleteUser: deletion.closeAccount, signUps, makeAdmin },
    log,
  );
  // With PostgreSQL the command needs no server.
  const auth = config.databaseUrl
    ? accounts
    : { ...accounts, viewer: withOperatorTokens(accounts.viewer, operatorSecrets(infrastructure.secrets)) };
  const draining = new AbortController();
  const isDraining = () => draining.signal.aborted;
  const { sockets, credentials } = openSite(config, {
    infrastructure,
    taskSystem,
    webhooks,
    auth,
    signUps,
    deletion,
    isDraining,
    log,
  });
  opened.defer(() => credentials.close());
  taskSystem.worker.start();
  webhooks.worker.start();
  const retention = { prisma, images, clock: database.clock, log };
  const housekeeping = every(
    housekeepingMs,
    {
      purgeReceivedWebhooks: taskSystem.deliveries.purgeExpired,
      purgeOutgoingWebhooks: webhooks.retention.purgeExpired,
      resealWebhookSecrets: webhooks.resealSecrets,
      purgeIdempotencyKeys: taskSystem.idempotencyKeys.purgeExpired,
      purgeSignUpCounts: signUps.purge,
      digestOldTokens: () => auth.digestOldTokens(),
      expireUploads: (signal) =>
        expireUploads({ prisma, images, retentionDays: config.uploadRetentionDays, log }, signal),
      expireResults: (signal) => expireResults({ ...retention, retentionDays: config.retentionDays }, signal),
      removeAbandonedFiles: () => removeAbandonedFiles(),
      ...(database.copyTo && { removeAbandonedCopies: () => removeAbandonedCopies(config.dataDir) }),
      sweepOrphans: () => sweepOrphans({ ...stored, log, onStop: metrics.countSweepStop }),
    },
    log,
  );
  opened.defer(() => housekeeping.stop());
  // Each on its own: the deletion of a large account takes many minutes.
  const limiting = every(frequentMs, { dropExcessWebhooks: webhooks.retention.dropExcess }, log);
  opened.defer(() => limiting.stop());
  const deleting = every(frequentMs, { resumeDeletions: deletion.resume }, log);
  opened.defer(() => deleting.stop());
  const vacuuming = every(frequentMs, { ...(database.vacuum && { vacuum: database.vacuum }) }, log);
  opened.defer(() => vacuuming.stop());
  warnOfDeployment(config, infrastructure, log);
  const examining = webhooks
    .warnOfUnreadableSecrets()
    .catch((error: unknown) => log.error({ error }, 'look for unreadable secrets of webhooks failed'));
  opened.defer(() => examining);
  log.info({ url: publicUrl, database: database.kind, sandboxed: providers.sandboxed }, 'serving');

  const parts = opened.move();
  return {
    url: publicUrl,
    adminUrl: infrastructure.adminServer?.url,
    async close() {
      draining.abort();
      // Without a proxy no other node gets what this one refuses.
      const servesForMs = config.trustedProxies > 0 ? drainMs : 0;
      const drained = server.drain(servesForMs);
      const closed = drained.then(() => server.close({ graceMs: 9_000 - servesForMs }));
      await Promise.all([
        drained,
        taskSystem.worker.stop({ graceMs: 7_000 }),
        webhooks.worker.stop({ graceMs: 3_000 }),
        deletion.stop(),
      ]);
      await sockets.close();
      events.close();
      await closed;
      await parts.disposeAsync();
    },
  };
}

/** Mails to one address, and new addresses of one account, in an hour. */
const mailsPerHour = 10;

function openAuth(
  config: Config,
  infrastructure: Infrastructure,
  accounts: Pick<Parameters<typeof createAuth>[0], 'deleteUser' | 'signUps' | 'makeAdmin'>,
  log: Log,
) {
  const { database, secrets, publicUrl, origins, outgoingMail, metrics } = infrastructure;
  const { prisma, clock } = database;
  const { signupCredits, requireEmailVerification, failedSignInsPerMinute } = config;
  const ledger = createLedger({ prisma, signupCredits });
  return createAuth({
    prisma,
    clock,
    secrets: deriveSecrets(secrets, 'sessions'),
    publicUrl,
    origins,
    signupCredits,
    requireEmailVerification,
    providers: config.signInProviders,
    grantWelcome: async (userId) => metrics.countGrant(await ledger.grantWelcome(userId)),
    outgoingMail,
    ...accounts,
    limiter: createCallerRateLimiter({ perMinute: failedSignInsPerMinute }),
    mailLimiter: createCallerRateLimiter({ perMinute: mailsPerHour, windowSeconds: 3_600 }),
    log,
  });
}

/** Logs settings that do not fit a deployment with several nodes or a proxy. */
function warnOfDeployment(config: Config, { providers, publicUrl }: Infrastructure, log: Log): void {
  const isShared = config.databaseUrl !== undefined;
  if (isShared && (Object.values(providers.sandboxed).includes(true) || !config.s3))
    log.warn(
      {},
      'Other nodes on this database see neither the sandbox nor the pictures of this one: set keys and S3_BUCKET',
    );
  if (publicUrl.startsWith('https:') && config.trustedProxies === 0)
    log.warn({}, 'Behind a proxy all callers count as one address: set TRUSTED_PROXIES');
}
