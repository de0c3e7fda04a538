/** Accounts, credits and the audit trail, for operators. */
import { UserRole } from '../auth/schema.ts';
import { CreditEntry } from '../credits/schema.ts';
import { builder } from '../graphql/builder.ts';
import { type Context, isOperator, requireViewer } from '../graphql/context.ts';
import { checkedCursor, localId } from '../graphql/global-id.ts';
import { pageComplexity } from '../graphql/operation-cost.ts';
import { type Operator, operatorOf } from './audit-trail.ts';
import type { CreditGrants, Grant } from './credit-grants.ts';
import type { UserAdministration } from './users.ts';

declare module '../graphql/context.ts' {
  interface Services {
    userAdministration: UserAdministration;
    creditGrants: CreditGrants;
  }
}

/** The caller of an operator's field, for the audit trail. */
export const operatorIn = (context: Context): Operator => operatorOf(requireViewer(context));

/** The user's id in a global one: of `User`, or of `Viewer`, which is what the user's own programs know. */
export const userIdIn = (id: string | null | undefined) =>
  id == null ? undefined : (localId(id, 'User') ?? localId(id, 'Viewer') ?? '');

/** How an operator names a user: by one of both. */
export interface UserArguments {
  user?: string | null | undefined;
  email?: string | null | undefined;
}

/** The id of the user. @throws {AppError} INVALID_INPUT, NOT_FOUND */
export const userOf = ({ user, email }: UserArguments, { userAdministration }: Context, path = '') =>
  userAdministration.find({ id: userIdIn(user), email }, path);

export const UserType = builder.prismaNode('User', {
  variant: 'User',
  description: 'An account, as operators see it.',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id: isOperator(viewer) ? id : '' }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name given at sign-up.' }),
    email: t.exposeString('email', { description: 'The address that signs in.' }),
    emailVerified: t.exposeBoolean('emailVerified', {
      description: 'Whether the user has proved to read mail at the address.',
    }),
    role: t.expose('role', { type: UserRole, description: 'What the user may do.' }),
    credits: t.exposeInt('credits', { description: 'What can be spent now.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the user signed up.' }),
    disabledAt: t.expose('disabledAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'From then on the user cannot sign in, and sessions and API keys are refused; null where the account is enabled.',
    }),
    activeSessions: t.int({
      description: 'Sessions that have not ended.',
      resolve: ({ id: userId }, _, { prisma }) =>
        prisma.session.count({ where: { userId, expiresAt: { gt: new Date() } } }),
    }),
    apiKeyCount: t.int({
      description: 'API keys that have not been revoked.',
      resolve: ({ id: userId }, _, { prisma }) => prisma.apiKey.count({ where: { userId } }),
    }),
    taskCount: t.int({
      description: 'Tasks that have not been deleted.',
      resolve: ({ id: userId }, _, { prisma }) => prisma.task.count({ where: { userId } }),
    }),
    storedBytes: t.float({
      description: 'Bytes of the stored images.',
      resolve: async ({ id: userId }, _, { prisma }) =>
        Number((await prisma.storageUse.findUnique({ where: { userId } }))?.bytes ?? 0),
    }),
  }),
});

builder.queryField('users', (t) =>
  t.prismaConnection(
    {
      type: UserType,
      cursor: 'id',
      maxSize: 100,
      access: 'operator',
      complexity: pageComplexity,
      description: 'For operators; refused with FORBIDDEN to others. Newest first.',
      args: {
        search: t.arg.string({
          description: 'A part of the name or the address, whatever the case; all where left out.',
        }),
      },
      totalCount: (_, { search }, { prisma, userAdministration }) =>
        prisma.user.count({ where: userAdministration.condition(search) }),
      resolve: (query, _, { search }, context) => {
        if (query.cursor) checkedCursor(query.cursor.id);
        const { prisma, listLimit, userAdministration } = context;
        return listLimit.run(requireViewer(context).id, () =>
          prisma.user.findMany({
            ...query,
            where: userAdministration.condition(search),
            orderBy: { id: 'desc' },
          }),
        );
      },
    },
    { name: 'UserConnection' },
    { name: 'UserEdge' },
  ),
);

const GrantCreditsInput = builder.inputType('GrantCreditsInput', {
  description: 'Credits for a user, or credits to take back.',
  fields: (t) => ({
    user: t.id({
      description: "A user's id or email; exactly one of both. `User.id`, or `Viewer.id` of the user.",
    }),
    email: t.string({ description: 'The address that the user signs in with.' }),
    amount: t.int({ required: true, description: 'Negative to take back; never below a balance of 0.' }),
    reason: t.string({
      required: true,
      description: '1 to 200 characters, which the user reads beside the amount.',
    }),
    idempotencyKey: t.string({
      required: true,
      description:
        "The same key grants once, for ever: a payment's id. With another user, amount or reason it is refused with IDEMPOTENCY_CONFLICT.",
    }),
  }),
});

const GrantCreditsPayload = builder.objectRef<Grant>('GrantCreditsPayload').implement({
  description: 'The result of `grantCredits`; the same for a repeated key.',
  fields: (t) => ({
    user: t.prismaField({
      type: UserType,
      description: 'The user, with the balance as it is now.',
      resolve: (query, { userId }, _, { prisma }) =>
        prisma.user.findUniqueOrThrow({ ...query, where: { id: userId } }),
    }),
    entry: t.prismaField({
      type: CreditEntry,
      description: 'The line of the ledger: GRANT, or ADJUSTMENT where credits were taken back.',
      resolve: (query, { entryId }, _, { prisma }) =>
        prisma.creditEntry.findUniqueOrThrow({ ...query, where: { id: entryId } }),
    }),
  }),
});

builder.mutationField('grantCredits', (t) =>
  t.field({
    type: GrantCreditsPayload,
    nullable: true,
    access: 'operator',
    description: 'For operators; refused with FORBIDDEN to others. Moves the credits once for each key.',
    args: { input: t.arg({ type: GrantCreditsInput, required: true, description: 'What to grant.' }) },
    resolve: async (_, { input: { user, email, ...grant } }, context) => {
      const userId = await userOf({ user, email }, context, 'input.');
      return context.creditGrants.grant(operatorIn(context), { ...grant, userId });
    },
  }),
);
