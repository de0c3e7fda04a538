import { builder } from '../graphql/builder.ts';
import { pageComplexity } from '../graphql/operation-cost.ts';
import { checkedCursor } from '../graphql/global-id.ts';

const CreditEntryKind = builder.enumType('CreditEntryKind', {
  description: 'Why the balance changed.',
  values: {
    GRANT: { description: 'Credits given, such as those of a new account.' },
    CHARGE: { description: 'The price of a task, when it was accepted.' },
    REFUND: { description: 'Given back for a task that made fewer images than were paid for, or none.' },
    ADJUSTMENT: { description: 'Taken back by an operator.' },
  } as const,
});

/** The credits of a new account, and where users get more. */
interface CreditTerms {
  signupCredits: number;
  creditsUrl?: string | undefined;
}

declare module '../graphql/context.ts' {
  interface Services {
    creditTerms: CreditTerms;
  }
}

const CreditTermsType = builder.objectRef<CreditTerms>('CreditTerms').implement({
  description: 'What an account begins with, and where more is to be had.',
  fields: (t) => ({
    signupCredits: t.exposeInt('signupCredits', { description: 'Credits of a new account.' }),
    creditsUrl: t.exposeString('creditsUrl', {
      nullable: true,
      description:
        'Where users get more credits, as the operator set it (`CREDITS_URL`): a page, or a `mailto:` address.',
    }),
  }),
});

builder.queryField('creditTerms', (t) =>
  t.field({
    type: CreditTermsType,
    access: 'public',
    description: 'The same for every caller; needs no session.',
    resolve: (_, __, { creditTerms }) => creditTerms,
  }),
);

export const CreditEntry = builder.prismaNode('CreditEntry', {
  description: 'One line of the append-only ledger. `Viewer.credits` is always the sum of the amounts.',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, userId: viewer?.id ?? '' }),
  fields: (t) => ({
    kind: t.expose('kind', { type: CreditEntryKind, description: 'Why the balance changed.' }),
    amount: t.exposeInt('amount', {
      description: 'Positive for GRANT and REFUND, negative for CHARGE and ADJUSTMENT.',
    }),
    balanceAfter: t.exposeInt('balanceAfter', { description: 'The balance with this entry.' }),
    reason: t.exposeString('reason', { description: 'In words, for the user.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the balance changed.' }),
  }),
});

builder.prismaObjectField('User', 'creditEntries', (t) =>
  t.prismaConnection(
    {
      type: CreditEntry,
      cursor: 'id',
      maxSize: 100,
      complexity: pageComplexity,
      description:
        'Newest first: in the order in which the balance moved, so each `balanceAfter` follows from the next.',
      resolve: async (query, { id: userId }, _, { prisma, listLimit }) => {
        // A cursor that names another user's row would reveal when that row was written.
        const place = query.cursor && checkedCursor(query.cursor.id);
        return listLimit.run(userId, async () => {
          if (place !== undefined && !(await prisma.creditEntry.count({ where: { id: place, userId } })))
            return [];
          return prisma.creditEntry.findMany({ ...query, where: { userId }, orderBy: { number: 'desc' } });
        });
      },
    },
    { name: 'CreditEntryConnection' },
    { name: 'CreditEntryEdge' },
  ),
);
