/** Who is calling: accounts with email and password, sessions by cookie or bearer token. */
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { bearer } from 'better-auth/plugins';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import { createViewers, sessionTimes } from './viewer.ts';

export type Auth = ReturnType<typeof createAuth>;

interface Dependencies {
  prisma: PrismaClient;
  /** At least 32 characters; the same on every node. */
  secret: string;
  publicUrl: string;
  /** Origins whose pages may sign people in. */
  origins: string[];
  /** Called before the first session of an account exists, and again before each later one. */
  beforeSession: (userId: string) => Promise<void>;
  log: Log;
}

export function createAuth({ prisma, secret, publicUrl, origins, beforeSession, log }: Dependencies) {
  const auth = betterAuth({
    baseURL: publicUrl,
    basePath: '/api/auth',
    secret,
    trustedOrigins: origins,
    database: prismaAdapter(prisma, { provider: 'postgresql' }),
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true },
    session: sessionTimes,
    plugins: [bearer()],
    // The HTTP server checks the origin of all of /api, and lets in callers that are no browser.
    advanced: { database: { generateId: false }, disableCSRFCheck: true },
    databaseHooks: {
      session: { create: { before: async (session) => beforeSession(session.userId) } },
    },
    logger: {
      level: 'warn',
      log: (level, message) => log[level === 'error' ? 'error' : 'warn']({ component: 'auth' }, message),
    },
  });
  return {
    /** Answers `/api/auth/*`. */
    handler: auth.handler,
    /** The user of the cookie or bearer token in the headers; null where there is none or it has ended. */
    viewer: createViewers({ prisma, getSession: (headers) => auth.api.getSession({ headers }) }),
  };
}
