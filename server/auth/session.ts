/** Authentication: accounts with email and password, sessions by cookie or bearer token, API keys. */
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { createAuthMiddleware, getOAuthState } from 'better-auth/api';
import { bearer } from 'better-auth/plugins';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { addressHeader } from '../lib/client-address.ts';
import type { Clock } from '../lib/clock.ts';
import type { RateLimiter } from '../lib/rate-limiter.ts';
import type { Log } from '../lib/log.ts';
import type { Secrets } from '../lib/secret.ts';
import type { OutgoingMail } from '../mail/outgoing-mail.ts';
import { createResigner } from './accepted-secrets.ts';
import { accountMails } from './account-mails.ts';
import { keepUsers, withOverrides } from './adapter-overrides.ts';
import { refuseDisabledUsers } from './disabled-users.ts';
import { createKeyLookup } from './api-keys/lookup.ts';
import { apiKeyPaths, apiKeyPlugin, keepExpiredKeys } from './api-keys/plugin.ts';
import { createApiKeyService } from './api-keys/service.ts';
import { digestOldTokens, digestTokens } from './session-tokens.ts';
import { checkedRequest } from './checked-request.ts';
import { firstDisplayName } from './display-name.ts';
import { createFailedSignInLimit } from './failed-sign-in-limit.ts';
import { createMailLimit } from './mail-limit.ts';
import { createMailLinks } from './mail-links.ts';
import { asksToEndAccess, endOtherAccess } from './other-access.ts';
import { providerOptions, type SignInProviders, withoutTokens } from './providers.ts';
import { createMailedResets } from './mailed-resets.ts';
import type { SignUpGate } from './sign-ups.ts';
import { createSessionService } from './sessions.ts';
import { createViewers, sessionTimes } from './viewer.ts';

export type Auth = ReturnType<typeof createAuth>;

interface Dependencies {
  prisma: PrismaClient;
  clock: Clock;
  /** At least 32 characters each; the current one is the same on every node, but for while it is replaced. */
  secrets: Secrets;
  publicUrl: string;
  /** Origins whose pages may sign users in. */
  origins: string[];
  /** Welcome credits of a new account; stored with it, so that a later change of the setting does not affect them. */
  signupCredits: number;
  /** Whether an account is usable, and gets its welcome credits, only once its email address is confirmed. */
  requireEmailVerification: boolean;
  /** Grants the welcome credits once. Called before each session, and when an email address is confirmed. */
  grantWelcome: (userId: string) => Promise<void>;
  /** Makes the user an operator where its address is configured so. */
  makeAdmin: (userId: string) => Promise<void>;
  outgoingMail: Pick<OutgoingMail, 'send'>;
  /** Closes the account of the user, and deletes everything of it. */
  deleteUser: (userId: string) => Promise<void>;
  signUps: SignUpGate;
  providers: SignInProviders;
  /** Failed sign-ins of each account. */
  limiter: RateLimiter;
  /** Mails to each address, and those that each account causes. */
  mailLimiter: RateLimiter;
  log: Log;
}

/** A field of a user that no client reads or writes. */
const hiddenNumber = { type: 'number', required: false, input: false, returned: false } as const;

export function createAuth(dependencies: Dependencies) {
  const { prisma, clock, secrets, publicUrl, origins, signupCredits, requireEmailVerification } =
    dependencies;
  const { grantWelcome, makeAdmin, outgoingMail, deleteUser, signUps, limiter, mailLimiter, log } =
    dependencies;
  const providers = providerOptions(dependencies.providers, {
    requireEmailVerification,
    errorUrl: `${publicUrl}/sign-in-failed`,
  });
  const refuseDisabled = refuseDisabledUsers({ prisma });
  const signIns = createFailedSignInLimit(limiter);
  /** Links of mails to choose a password: none outlives the password or address that it was asked for. */
  const endResetLinks = (id: string) => prisma.verification.deleteMany({ where: { value: id } });
  const markVerified = async (id: string) => {
    await prisma.user.updateMany({ where: { id, emailVerified: false }, data: { emailVerified: true } });
    await endResetLinks(id);
    await grantWelcome(id);
    await makeAdmin(id);
  };
  /** Before better-auth ends the sessions of a reset: what may be another person's goes first. */
  const onPasswordReset: Parameters<typeof accountMails>[0]['onPasswordReset'] = async (reset) => {
    const { id, emailVerified, endsAccess, isMailed } = reset;
    await prisma.$transaction([
      prisma.session.deleteMany({ where: { userId: id } }),
      endResetLinks(id),
      // Where the address was not confirmed, another person may have signed up with it.
      ...(emailVerified && !endsAccess ? [] : endOtherAccess(prisma, id)),
    ]);
    if (isMailed) await markVerified(id);
  };
  const onPasswordChange = async (id: string, request: Request | undefined) => {
    const statements = asksToEndAccess(request) ? endOtherAccess(prisma, id) : [];
    await prisma.$transaction([endResetLinks(id), ...statements]);
  };
  /** An account of a sign-in provider may have a session without a confirmed address. */
  const beforeSession = async (id: string) => {
    const where = { id, ...(requireEmailVerification && { emailVerified: true }) };
    if (!requireEmailVerification || (await prisma.user.count({ where })) > 0) await grantWelcome(id);
  };
  const mailedResets = createMailedResets();
  const resign = createResigner(secrets);
  const auth = betterAuth({
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret: secrets.current,
    trustedOrigins: origins,
    database: withOverrides(
      prismaAdapter(prisma, { provider: 'postgresql' }),
      digestTokens,
      keepExpiredKeys,
      keepUsers,
    ),
    telemetry: { enabled: false },
    ...accountMails({
      outgoingMail,
      publicUrl,
      requireEmailVerification,
      isMailedReset: mailedResets.has,
      emailOf: async (id) => (await prisma.user.findUnique({ where: { id } }))?.email,
      onVerified: markVerified,
      onPasswordReset,
    }),
    session: sessionTimes,
    // What is stored of a link does not open it.
    verification: { storeIdentifier: 'hashed' },
    user: {
      changeEmail: { enabled: true },
      deleteUser: { enabled: true, beforeDelete: async ({ id }) => deleteUser(id) },
      additionalFields: { welcomeDue: { ...hiddenNumber, defaultValue: signupCredits } },
    },
    ...providers.options,
    plugins: [bearer(), apiKeyPlugin],
    disabledPaths: apiKeyPaths,
    // The library's limit, enabled where NODE_ENV is production, counts all clients as one and trusts any X-Forwarded-For.
    rateLimit: { enabled: false },
    hooks: {
      before: createAuthMiddleware(async (context) => {
        const { path, body } = context;
        const changes = checkedRequest(path, body);
        if (path === '/verify-email') await links.check(context);
        mailedResets.learn(context);
        const address = context.headers?.get(addressHeader) ?? '';
        if (path === '/sign-up/email') await signUps.check({ address, invite: inviteIn(body) });
        await providers.openId?.prepare(context);
        const refusal = (await signIns.count(context)) ?? (await mails.count(context));
        if (refusal) return refusal;
        if (path === '/sign-in/email') await links.confirm(body, context.context.password.verify);
        return changes;
      }),
      after: createAuthMiddleware(async (context) => {
        const { path, request } = context;
        const { newSession } = context.context;
        if (path === '/change-password' && newSession) await onPasswordChange(newSession.user.id, request);
        await signIns.learn(context, newSession !== null);
      }),
    },
    advanced: {
      database: { generateId: false },
      // The HTTP server checks the origin of all of /api, and allows clients that are no browser.
      disableCSRFCheck: true,
      ipAddress: { ipAddressHeaders: [addressHeader] },
    },
    databaseHooks: {
      session: {
        create: {
          before: async ({ userId }) => {
            await refuseDisabled(userId);
            await beforeSession(userId);
            await makeAdmin(userId);
          },
        },
      },
      account: { create: { before: async (account) => withoutTokens(account) } },
      user: {
        create: {
          before: async (user, context) => {
            await signUps.admit({
              address: context?.headers?.get(addressHeader) ?? '',
              // At the callback of a provider the invitation is in what was stored before the redirect.
              invite: inviteIn(context?.body) ?? inviteIn(await getOAuthState()),
            });
            // Providers give any text as a name, and a picture, which nothing shows.
            return { data: { ...user, name: firstDisplayName(user.name), image: null } };
          },
        },
      },
    },
    ...errorHandling(log, publicUrl),
  });
  const viewer = createViewers({
    prisma,
    log,
    getSession: (headers) => auth.api.getSession({ headers: resign.headers(headers) }),
    keyHolder: createKeyLookup({ prisma, log }),
  });
  const mails = createMailLimit({ limiter: mailLimiter, viewerOf: viewer });
  const links = createMailLinks({ prisma, secrets, viewerOf: viewer, onVerified: markVerified });
  return {
    /** Converts stored tokens; see `session-tokens.ts`. */
    digestOldTokens: () => digestOldTokens(prisma),
    /** Answers `/api/auth/*`. */
    handler: (request: Request) => auth.handler(resign.request(request)),
    /** Lists and ends sessions. */
    sessions: createSessionService({ prisma }),
    /** Creates and revokes API keys. */
    apiKeys: createApiKeyService({ prisma, clock, issue: (body) => auth.api.createApiKey({ body }) }),
    /** The user of the cookie, bearer token or API key in the headers; null where there is none or the session has ended. */
    viewer,
  };
}

function errorHandling(log: Log, publicUrl: string) {
  return {
    onAPIError: {
      // Where a redirect of a provider fails before its own error page is known.
      errorURL: `${publicUrl}/sign-in-failed`,
      // Refusals are not logged; better-auth would write them to the console.
      onError(error) {
        const { statusCode = 500 } = error as { statusCode?: number };
        if (statusCode >= 500) log.error({ component: 'auth', error }, 'request failed');
      },
    },
    logger: {
      level: 'warn',
      log: (level, message) => log[level === 'error' ? 'error' : 'warn']({ component: 'auth' }, message),
    },
  } satisfies BetterAuthOptions;
}

function inviteIn(body: unknown): unknown {
  return (body as { invite?: unknown } | undefined)?.invite;
}
