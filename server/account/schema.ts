/** What a user sees of its account beside name and address: how it signs in, and its sessions. */
import type { Session } from '../generated/prisma/client.ts';
import { maxSessions, type SessionService } from '../auth/sessions.ts';
import type { SignInProvider } from '../auth/providers.ts';
import type { SignUpMode } from '../auth/sign-ups.ts';
import { ViewerType } from '../auth/schema.ts';
import { builder } from '../graphql/builder.ts';
import { type Context, requireViewer } from '../graphql/context.ts';
import { localId } from '../graphql/global-id.ts';

declare module '../graphql/context.ts' {
  interface Services {
    sessions: SessionService;
    signInOptions: SignInOptions;
  }
}

/** What the sign-in offers. */
interface SignInOptions {
  signUps: SignUpMode;
  providers: SignInProvider[];
}

const SignUps = builder.enumType('SignUps', {
  description: 'Whether accounts can be created.',
  values: {
    OPEN: { value: 'open', description: 'Freely.' },
    INVITE: { value: 'invite', description: 'With the link of an invitation.' },
    CLOSED: { value: 'closed', description: 'Not at all.' },
  } as const,
});

/** Google, GitHub and one OpenID Connect issuer. */
const maxProviders = 3;

const SignInProviderType = builder.objectRef<SignInProvider>('SignInProvider').implement({
  description: 'Another service that signs users in, by `POST /api/auth/sign-in/social`.',
  fields: (t) => ({
    id: t.exposeString('id', { description: 'The `provider` of the request.' }),
    name: t.exposeString('name', { description: 'For users.' }),
  }),
});

const SignInOptionsType = builder.objectRef<SignInOptions>('SignInOptions').implement({
  description: 'What the sign-in offers, as the operator has set it.',
  fields: (t) => ({
    signUps: t.expose('signUps', { type: SignUps, description: 'Whether accounts can be created.' }),
    providers: t.field({
      type: [SignInProviderType],
      complexity: { multiplier: maxProviders },
      description: 'Services beside email and password.',
      resolve: ({ providers }) => providers,
    }),
  }),
});

builder.queryField('signInOptions', (t) =>
  t.field({
    type: SignInOptionsType,
    access: 'public',
    description: 'The same for every caller; needs no session.',
    resolve: (_, __, { signInOptions }) => signInOptions,
  }),
);

builder.prismaObjectField('User', 'emailVerified', (t) =>
  t.boolean({
    description: 'Whether the address is confirmed, by the link of a mail to it.',
    resolve: async ({ id, emailVerified }, _, { prisma }) =>
      emailVerified ??
      (await prisma.user.findUniqueOrThrow({ where: { id }, select: { emailVerified: true } })).emailVerified,
  }),
);

builder.prismaObjectField('User', 'hasPassword', (t) =>
  t.boolean({
    access: 'session',
    description: 'Whether a password signs in; an account may have other ways only. For a session only.',
    resolve: async ({ id }, _, { prisma }) =>
      (await prisma.account.count({ where: { userId: id, providerId: 'credential' } })) > 0,
  }),
);

const SessionType = builder.prismaNode('Session', {
  description: 'One sign-in of the viewer in a browser or program. Only a session sees and ends sessions.',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, userId: viewer && !viewer.apiKeyId ? viewer.id : '' }),
  fields: (t) => ({
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'The `User-Agent` that signed in.',
    }),
    address: t.exposeString('ipAddress', {
      nullable: true,
      description: 'The address that signed in; for IPv6 its /64 network.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it began.' }),
    lastSeenAt: t.field({
      type: 'DateTime',
      description: 'When a request last used it, to 10 minutes.',
      resolve: ({ seenAt, createdAt }) => seenAt ?? createdAt,
    }),
    isCurrent: t.boolean({
      description: 'Whether it is the one of this request.',
      resolve: ({ id }, _, { viewer }) => viewer?.credentialId === id,
    }),
  }),
});

builder.prismaObjectField('User', 'sessions', (t) =>
  t.field({
    type: [SessionType],
    access: 'session',
    complexity: { multiplier: maxSessions },
    description: 'Open ones, last used first, 50 at most. For a session only.',
    resolve: ({ id }, _, { sessions }) => sessions.list(id) as Promise<Session[]>,
  }),
);

const EndSessionPayload = builder.objectRef<{ endedId: string }>('EndSessionPayload').implement({
  description: 'The result of `endSession`.',
  fields: (t) => ({
    endedId: t.exposeID('endedId', { description: 'The id of the session that has ended.' }),
  }),
});

const EndOtherSessionsPayload = builder
  .objectRef<{ count: number; userId: string }>('EndOtherSessionsPayload')
  .implement({
    description: 'The result of `endOtherSessions`.',
    fields: (t) => ({
      count: t.exposeInt('count', { description: 'How many have ended.' }),
      viewer: t.field({
        type: ViewerType,
        description: 'The viewer, with the sessions that are left.',
        resolve: ({ userId }, _, { prisma }) => prisma.user.findUniqueOrThrow({ where: { id: userId } }),
      }),
    }),
  });

/** The session of the request; access has refused API keys. */
const currentSession = (context: Context) => {
  const { id, credentialId } = requireViewer(context);
  return { userId: id, sessionId: credentialId };
};

builder.mutationFields((t) => ({
  endSession: t.field({
    type: EndSessionPayload,
    nullable: true,
    access: 'session',
    description:
      'Ends a session of the viewer; its subscriptions complete within 5 seconds. For a session only.',
    args: { id: t.arg.id({ required: true, description: 'The id of a session of the viewer.' }) },
    resolve: async (_, { id }, context) => {
      await context.sessions.end(currentSession(context).userId, localId(id, 'Session') ?? '');
      return { endedId: id };
    },
  }),
  endOtherSessions: t.field({
    type: EndOtherSessionsPayload,
    nullable: true,
    access: 'session',
    description: 'Ends all sessions of the viewer but the one of this request. For a session only.',
    resolve: async (_, __, context) => {
      const { userId, sessionId } = currentSession(context);
      return { count: await context.sessions.endOthers(userId, sessionId), userId };
    },
  }),
}));
