/** What operators do to accounts. */
import { builder } from '../graphql/builder.ts';
import { UserRole } from '../auth/schema.ts';
import { toGlobalId } from '../graphql/global-id.ts';
import { operatorIn, userOf, UserType } from './schema.ts';

const UserPayload = builder.objectRef<{ userId: string }>('UserPayload').implement({
  description: 'An account after an operation of an operator.',
  fields: (t) => ({
    user: t.prismaField({
      type: UserType,
      description: 'The user as it is now.',
      resolve: (query, { userId }, _, { prisma }) =>
        prisma.user.findUniqueOrThrow({ ...query, where: { id: userId } }),
    }),
  }),
});

const EndSessionsPayload = builder.objectRef<{ endedSessions: number }>('EndSessionsPayload').implement({
  description: 'The result of `endSessions`.',
  fields: (t) => ({
    endedSessions: t.exposeInt('endedSessions', { description: 'How many sessions it ended.' }),
  }),
});

const DeleteUserPayload = builder.objectRef<{ deletedId: string }>('DeleteUserPayload').implement({
  description: 'The result of `deleteUser`.',
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { description: '`User.id` of the deleted account.' }),
  }),
});

builder.queryField('user', (t) =>
  t.prismaField({
    type: UserType,
    nullable: true,
    access: 'operator',
    description: 'One account, by id or by email. For operators.',
    args: {
      user: t.arg.id({ description: '`User.id`, or `Viewer.id` of the user; this or `email`.' }),
      email: t.arg.string({ description: 'The address that the user signs in with.' }),
    },
    resolve: async (query, _, args, context) =>
      context.prisma.user.findUnique({ ...query, where: { id: await userOf(args, context) } }),
  }),
);

builder.mutationFields((t) => {
  const userArgs = {
    user: t.arg.id({ description: '`User.id`, or `Viewer.id` of the user; this or `email`.' }),
    email: t.arg.string({ description: 'The address that the user signs in with.' }),
  };
  return {
    disableUser: t.field({
      type: UserPayload,
      nullable: true,
      access: 'operator',
      description:
        'Ends the sessions of the user at once, refuses sign-ins and API keys, and ends subscriptions within 5 seconds. ' +
        'Tasks that were accepted go on. For operators.',
      args: userArgs,
      resolve: async (_, args, context) => ({
        userId: await context.userAdministration.disable(operatorIn(context), await userOf(args, context)),
      }),
    }),
    enableUser: t.field({
      type: UserPayload,
      nullable: true,
      access: 'operator',
      description: 'Lets a disabled user sign in again; API keys work again. For operators.',
      args: userArgs,
      resolve: async (_, args, context) => ({
        userId: await context.userAdministration.enable(operatorIn(context), await userOf(args, context)),
      }),
    }),
    setUserRole: t.field({
      type: UserPayload,
      nullable: true,
      access: 'operator',
      description: 'Makes a user an operator, or no longer one, at once. For operators.',
      args: { ...userArgs, role: t.arg({ type: UserRole, required: true, description: 'The new role.' }) },
      resolve: async (_, { role, ...args }, context) => ({
        userId: await context.userAdministration.setRole(
          operatorIn(context),
          await userOf(args, context),
          role,
        ),
      }),
    }),
    deleteUser: t.field({
      type: DeleteUserPayload,
      nullable: true,
      access: 'operator',
      description:
        'Closes an account at once, for ever, and deletes its tasks and images. The ledger keeps its entries, which then name no person. For operators.',
      args: userArgs,
      resolve: async (_, args, context) => {
        const userId = await userOf(args, context);
        await context.userAdministration.delete(operatorIn(context), userId);
        return { deletedId: toGlobalId('User', userId) };
      },
    }),
    endSessions: t.field({
      type: EndSessionsPayload,
      nullable: true,
      access: 'operator',
      description:
        'Ends all sessions of a user, or of all users, the caller included; API keys go on. For operators.',
      args: {
        ...userArgs,
        all: t.arg.boolean({ description: 'True for all users; then neither `user` nor `email` is given.' }),
      },
      resolve: async (_, { all, ...args }, context) => {
        const isAll = all === true && args.user == null && args.email == null;
        const userId = isAll ? undefined : await userOf(args, context);
        return {
          endedSessions: await context.userAdministration.endSessions(operatorIn(context), userId),
        };
      },
    }),
  };
});
