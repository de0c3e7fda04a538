import type { User } from '../generated/prisma/client.ts';
import { builder } from '../graphql/builder.ts';
import type { CredentialWatch } from './credential-watch.ts';

declare module '../graphql/context.ts' {
  interface Services {
    credentials: CredentialWatch;
  }
  interface Viewer {
    credentialId: string;
    account?: Pick<User, 'id' | 'name' | 'email' | 'credits' | 'role'>;
  }
}

export const UserRole = builder.enumType('UserRole', {
  description: 'What a user may do.',
  values: {
    USER: { description: 'Everything with what is their own.' },
    ADMIN: { description: 'Also what is for operators.' },
  } as const,
});

export const ViewerType = builder.prismaNode('User', {
  name: 'Viewer',
  description: 'The signed-in user, by session or by API key.',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id: viewer?.id === id ? id : '' }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name given at sign-up.' }),
    email: t.exposeString('email', { description: 'The address that signs in.' }),
    credits: t.exposeInt('credits', { description: 'What can be spent now.' }),
    role: t.expose('role', { type: UserRole, description: 'ADMIN for operators.' }),
  }),
});

builder.queryField('viewer', (t) =>
  // Not by Prisma, so that what was read with the credentials suffices; relations are read by their own fields.
  t.field({
    type: ViewerType,
    nullable: true,
    access: 'optional',
    description: 'Null without a signed-in user.',
    resolve: (_, __, { prisma, viewer }) =>
      viewer &&
      ((viewer.account as User | undefined) ?? prisma.user.findUnique({ where: { id: viewer.id } })),
  }),
);
