/** Links that operators pass on to users. */
import { builder } from '../../graphql/builder.ts';
import { isOperator } from '../../graphql/context.ts';
import { localId } from '../../graphql/global-id.ts';
import { operatorIn, userOf } from '../schema.ts';
import type { OperatorLinks } from './service.ts';

declare module '../../graphql/context.ts' {
  interface Services {
    operatorLinks: OperatorLinks;
  }
}

/** As many as are listed. */
const maxInvites = 200;
const defaultDays = 7;

const Invite = builder.prismaNode('Invite', {
  description: 'An invitation, with which one account can be created where `SIGNUPS` is `invite`.',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id: isOperator(viewer) ? id : '' }),
  fields: (t) => ({
    note: t.exposeString('note', { description: 'What an operator noted about it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'From then on it cannot be used.' }),
    usedAt: t.expose('usedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When an account was created with it; null before that.',
    }),
  }),
});

interface Link {
  link: string;
  expiresAt: Date;
}

const PasswordResetLinkPayload = builder.objectRef<Link>('PasswordResetLinkPayload').implement({
  description: 'The result of `createPasswordResetLink`.',
  fields: (t) => ({
    link: t.exposeString('link', {
      description: 'Works once, and is shown this once. It opens the account: pass it on to its user only.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'From then on it does not work.' }),
  }),
});

const CreateInvitePayload = builder.objectRef<Link & { id: string }>('CreateInvitePayload').implement({
  description: 'The result of `createInvite`.',
  fields: (t) => ({
    link: t.exposeString('link', { description: 'Works once, and is shown this once.' }),
    invite: t.prismaField({
      type: Invite,
      description: 'The invitation.',
      resolve: (query, { id }, _, { prisma }) => prisma.invite.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

const RevokeInvitePayload = builder.objectRef<{ revokedId: string }>('RevokeInvitePayload').implement({
  description: 'The result of `revokeInvite`.',
  fields: (t) => ({ revokedId: t.exposeID('revokedId', { description: 'The id as given.' }) }),
});

builder.queryField('invites', (t) =>
  t.field({
    type: [Invite],
    access: 'operator',
    complexity: { multiplier: maxInvites },
    description: `The invitations, newest first, used and expired ones included; ${maxInvites} at most. For operators.`,
    resolve: (_, __, { operatorLinks }) => operatorLinks.invites(),
  }),
);

builder.mutationFields((t) => ({
  createPasswordResetLink: t.field({
    type: PasswordResetLinkPayload,
    nullable: true,
    access: 'operator',
    description:
      'A link with which a user chooses a new password, for installations without mail: it works once and for an hour, and ' +
      'does not confirm the address. For operators.',
    args: {
      user: t.arg.id({ description: '`User.id`, or `Viewer.id` of the user; this or `email`.' }),
      email: t.arg.string({ description: 'The address that the user signs in with.' }),
    },
    resolve: async (_, args, context) => {
      const userId = await userOf(args, context);
      return context.operatorLinks.resetPassword(operatorIn(context), userId);
    },
  }),
  createInvite: t.field({
    type: CreateInvitePayload,
    nullable: true,
    access: 'operator',
    description: 'A link with which one account can be created where `SIGNUPS` is `invite`. For operators.',
    args: {
      note: t.arg.string({ description: 'What to remember about it, up to 200 characters.' }),
      days: t.arg.int({ defaultValue: defaultDays, description: 'How long it is valid: 1 to 365 days.' }),
    },
    resolve: (_, { note, days }, context) =>
      context.operatorLinks.invite(operatorIn(context), {
        note: note ?? undefined,
        days: days ?? defaultDays,
      }),
  }),
  revokeInvite: t.field({
    type: RevokeInvitePayload,
    nullable: true,
    access: 'operator',
    description: 'Removes an invitation; an account that was created with it stays. For operators.',
    args: { id: t.arg.id({ required: true, description: '`Invite.id`.' }) },
    resolve: async (_, { id }, context) => {
      await context.operatorLinks.revokeInvite(operatorIn(context), localId(id, 'Invite') ?? '');
      return { revokedId: id };
    },
  }),
}));
