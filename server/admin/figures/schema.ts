/** What users spend and store, for operators. */
import { builder } from '../../graphql/builder.ts';
import { type Context, requireViewer } from '../../graphql/context.ts';
import { ImageSource } from '../../images/schema.ts';
import { type UserArguments, userOf } from '../schema.ts';
import type { CreditUsage, OperatorFigures, StorageShare } from './service.ts';

declare module '../../graphql/context.ts' {
  interface Services {
    operatorFigures: OperatorFigures;
  }
}

const CreditUsageType = builder.objectRef<CreditUsage>('CreditUsage').implement({
  description: 'Sums over the ledger, in credits.',
  fields: (t) => ({
    charged: t.exposeFloat('charged', { description: 'Charged for tasks.' }),
    refunded: t.exposeFloat('refunded', {
      description: 'Given back for tasks, also for those charged earlier.',
    }),
    granted: t.exposeFloat('granted', { description: 'Granted, welcome credits included.' }),
    takenBack: t.exposeFloat('takenBack', { description: 'Taken back by operators.' }),
    charges: t.exposeInt('charges', { description: 'How many charges there were.' }),
  }),
});

const StorageShareType = builder.objectRef<StorageShare>('StorageShare').implement({
  description: 'The stored images of one source.',
  fields: (t) => ({
    source: t.expose('source', { type: ImageSource, description: 'Where the images come from.' }),
    images: t.exposeInt('images', { description: 'How many there are.' }),
    bytes: t.exposeFloat('bytes', { description: 'Their bytes, without thumbnails.' }),
  }),
});

/** Undefined for all users. @throws {AppError} INVALID_INPUT, NOT_FOUND */
const userOrAll = async (args: UserArguments, context: Context) =>
  args.user == null && args.email == null ? undefined : userOf(args, context);

/** They read many rows. */
const sumComplexity = 3_000;

builder.queryFields((t) => {
  const userArgs = {
    user: t.arg.id({
      description: '`User.id`, or `Viewer.id` of the user; without this and `email`, all users.',
    }),
    email: t.arg.string({ description: 'The address that the user signs in with.' }),
  };
  return {
    creditUsage: t.field({
      type: CreditUsageType,
      access: 'operator',
      complexity: sumComplexity,
      description:
        'What was charged, refunded and granted: to a user or to all, deleted ones included. For operators.',
      args: {
        ...userArgs,
        from: t.arg({ type: 'DateTime', description: 'Since that instant, inclusive.' }),
        to: t.arg({ type: 'DateTime', description: 'Up to that instant, exclusive.' }),
      },
      resolve: async (_, { from, to, ...args }, context) => {
        const userId = await userOrAll(args, context);
        return context.listLimit.run(requireViewer(context).id, () =>
          context.operatorFigures.creditUsage(userId, { from, to }, context.signal),
        );
      },
    }),
    storedImages: t.field({
      type: [StorageShareType],
      access: 'operator',
      complexity: sumComplexity,
      description:
        'How many images a user or all users have stored, and their bytes, by source. For operators.',
      args: userArgs,
      resolve: async (_, args, context) => {
        const userId = await userOrAll(args, context);
        return context.listLimit.run(requireViewer(context).id, () =>
          context.operatorFigures.storage(userId, context.signal),
        );
      },
    }),
  };
});
