/** Authentication: accounts with email and password, sessions by cookie or bearer token, API keys. */
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError, createAuthMiddleware, getOAuthState } from 'better-auth/api';
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
import { checkEmailChange } from './email-change.ts';
import { createFailedSignInLimit } from './failed-sign-in-limit.ts';
import { createMailLimit } from './mail-limit.ts';
import { providerOptions, type SignInProviders, withoutTokens } from './providers.ts';
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
  /** Mails to each address. */
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
  const providers = providerOptions(dependencies.providers, requireEmailVerification);
  const refuseDisabled = refuseDisabledUsers({ prisma });
  const signIns = createFailedSignInLimit(limiter);
  const mails = createMailLimit(mailLimiter);
  const markVerified = async (id: string) => {
    await prisma.user.updateMany({ where: { id, emailVerified: false }, data: { emailVerified: true } });
    await grantWelcome(id);
    await makeAdmin(id);
  };
  /** Before better-auth ends the sessions of a reset: what may be another person's goes first. */
  const onPasswordReset = async ({ id, emailVerified }: { id: string; emailVerified: boolean }) => {
    await prisma.$transaction([
      prisma.session.deleteMany({ where: { userId: id } }),
      // Further links to choose a password.
      prisma.verification.deleteMany({ where: { value: id } }),
      // The address was not confirmed: another person may have signed up with it.
      ...(emailVerified ? [] : [prisma.apiKey.deleteMany({ where: { userId: id } })]),
    ]);
    await markVerified(id);
  };
  /** An account of a sign-in provider may have a session without a confirmed address. */
  const beforeSession = async (id: string) => {
    const where = { id, ...(requireEmailVerification && { emailVerified: true }) };
    if (!requireEmailVerification || (await prisma.user.count({ where })) > 0) await grantWelcome(id);
  };
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
    plugins: [bearer(), apiKeyPlugin, ...providers.plugins],
    disabledPaths: apiKeyPaths,
    // The library's limit, enabled where NODE_ENV is production, counts all clients as one and trusts any X-Forwarded-For.
    rateLimit: { enabled: false },
    hooks: {
      before: createAuthMiddleware(async (context) => {
        const changes = checkedRequest(context.path, context.body);
        if (context.path === '/verify-email') await checkEmailChange(context, viewer);
        if (context.path === '/sign-up/email') await signUps.check(inviteIn(context.body));
        return (await signIns.count(context)) ?? (await mails.count(context)) ?? changes;
      }),
      after: createAuthMiddleware((context) => signIns.learn(context, Boolean(context.context.newSession))),
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
          before: async (_, context) =>
            signUps.admit({
              address: context?.headers?.get(addressHeader) ?? '',
              // At the callback of a provider the invitation is in what was stored before the redirect.
              invite: inviteIn(context?.body) ?? inviteIn(await getOAuthState()),
            }),
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

/** Refuses NUL characters, which PostgreSQL cannot store, and makes a new password end all other sessions. */
function checkedRequest(path: string, body: unknown) {
  if (typeof body !== 'object' || body === null) return;
  const faulty = Object.entries(body).find(([, value]) => typeof value === 'string' && value.includes('\0'));
  if (faulty)
    throw new APIError('BAD_REQUEST', { message: `${faulty[0]} holds a NUL character. Remove it.` });
  if (path === '/update-user') return { context: { body: { name: checkedName(body) } } };
  if (path === '/change-password') return { context: { body: { ...body, revokeOtherSessions: true } } };
}

/** The only field that `/update-user` changes. */
function checkedName(body: object): string {
  const { name } = body as { name?: unknown };
  const trimmed = typeof name === 'string' ? name.trim() : '';
  if (trimmed === '' || trimmed.length > 100)
    throw new APIError('BAD_REQUEST', { code: 'INVALID_NAME', message: 'A name has 1 to 100 characters.' });
  return trimmed;
}

function inviteIn(body: unknown): unknown {
  return (body as { invite?: unknown } | undefined)?.invite;
}
