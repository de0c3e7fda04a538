import { builder } from '../../graphql/builder.ts';
import { requireViewer } from '../../graphql/context.ts';
import { localId } from '../../graphql/global-id.ts';
import { type apiKeyScopes, defaultScopes, scopesOf } from './scopes.ts';
import { type ApiKeyService, maxApiKeys } from './service.ts';

declare module '../../graphql/context.ts' {
  interface Services {
    apiKeys: ApiKeyService;
  }
}

const ApiKeyScope = builder.enumType('ApiKeyScope', {
  description: 'What an API key may do.',
  values: {
    READ: { description: 'Query, and follow tasks.' },
    WRITE: { description: 'Run mutations, and read their payloads.' },
    ADMIN: { description: 'What is for operators, while the user of the key has the role ADMIN.' },
  } satisfies Record<(typeof apiKeyScopes)[number], object>,
});

const ApiKeyType = builder.prismaNode('ApiKey', {
  description: 'A key with which a program acts for the user. Only a session sees and manages keys.',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, userId: viewer && !viewer.apiKeyId ? viewer.id : '' }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As the user chose it.' }),
    prefix: t.exposeString('start', {
      description: 'The first characters, to tell keys apart; the secret is shown once, at creation.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    lastUsedAt: t.expose('lastRequest', {
      type: 'DateTime',
      nullable: true,
      description: 'When a request last used it, to the minute; null where none has.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From then on it is refused; null where it does not expire.',
    }),
    scopes: t.field({
      type: [ApiKeyScope],
      description: 'What it may do; READ without WRITE changes nothing.',
      resolve: ({ permissions }) => scopesOf(permissions),
    }),
    creditLimit: t.exposeInt('creditLimit', {
      nullable: true,
      description: 'What may be spent with it in all; null where only the balance limits it.',
    }),
    creditsSpent: t.exposeInt('creditsSpent', {
      description: 'Spent with it so far, refunds taken off.',
    }),
  }),
});

builder.prismaObjectField('User', 'apiKeys', (t) =>
  t.relation('apiKeys', {
    access: 'session',
    complexity: { multiplier: maxApiKeys },
    description: 'Oldest first, expired ones included. For a session only.',
    query: { orderBy: { id: 'asc' } },
  }),
);

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A new API key.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 100 characters after trimming.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'In the future; without one it does not expire.' }),
    scopes: t.field({
      type: [ApiKeyScope],
      defaultValue: [...defaultScopes],
      description: 'What it may do: at least one. Only a user with the role ADMIN gives ADMIN.',
    }),
    creditLimit: t.int({ description: 'What may be spent with it in all, in credits: 0 or more.' }),
  }),
});

const CreateApiKeyPayload = builder
  .objectRef<{ id: string; secret: string }>('CreateApiKeyPayload')
  .implement({
    description: 'The new key with its secret.',
    fields: (t) => ({
      apiKey: t.prismaField({
        type: ApiKeyType,
        description: 'The new key.',
        resolve: (query, { id }, _, { prisma }) =>
          prisma.apiKey.findUniqueOrThrow({ ...query, where: { id } }),
      }),
      secret: t.exposeString('secret', {
        description: '`psk_…`, shown this once. Send it as `Authorization: Bearer` or as `x-api-key`.',
      }),
    }),
  });

const RevokeApiKeyPayload = builder.objectRef<{ revokedId: string }>('RevokeApiKeyPayload').implement({
  description: 'The key that was revoked.',
  fields: (t) => ({ revokedId: t.exposeID('revokedId', { description: 'Its id.' }) }),
});

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyPayload,
    nullable: true,
    access: 'session',
    description: `Creates a key; a user has ${maxApiKeys} at most. For a session only.`,
    args: {
      input: t.arg({ type: CreateApiKeyInput, required: true, description: 'What the key may do.' }),
    },
    resolve: (_, { input: { name, scopes, expiresAt = null, creditLimit = null } }, context) =>
      context.apiKeys.create(requireViewer(context), {
        name,
        scopes: scopes ?? defaultScopes,
        expiresAt,
        creditLimit,
      }),
  }),
  revokeApiKey: t.field({
    type: RevokeApiKeyPayload,
    nullable: true,
    access: 'session',
    description:
      'Ends a key: requests with it are refused, and its subscriptions end within 5 seconds. Its tasks go on. For a session only.',
    args: { id: t.arg.id({ required: true, description: '`ApiKey.id`.' }) },
    resolve: async (_, { id }, context) => {
      await context.apiKeys.revoke(requireViewer(context).id, localId(id, 'ApiKey') ?? '');
      return { revokedId: id };
    },
  }),
}));
