import { builder } from '../graphql/builder.ts';
import { isOperator, requireViewer } from '../graphql/context.ts';
import { checkedCursor, toGlobalId } from '../graphql/global-id.ts';
import { pageComplexity } from '../graphql/operation-cost.ts';
import { userIdIn } from './schema.ts';

/** The kinds in the trail, and the types whose global ids the API shows for them. */
const typeNames: Readonly<Record<string, string>> = {
  user: 'User',
  key: 'ApiKey',
  task: 'Task',
  endpoint: 'WebhookEndpoint',
  invite: 'Invite',
};

/** `user:<row id>` as `User.id`; anything else as it is. */
function publicName(name: string): string {
  const [kind = '', id] = name.split(/:(.*)/s);
  const typeName = typeNames[kind];
  return typeName && id !== undefined ? toGlobalId(typeName, id) : name;
}

const OperatorAction = builder.prismaNode('OperatorAction', {
  description: 'What an operator did: one line of the append-only audit trail.',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id: isOperator(viewer) ? id : '' }),
  fields: (t) => ({
    operator: t.string({
      description:
        '`User.id` of the operator, `ApiKey.id` of their key, `command` for `npm run admin` on the machine of the server, or `configuration` for `ADMIN_EMAILS`.',
      resolve: ({ operator }) => publicName(operator),
    }),
    action: t.exposeString('action', { description: 'The noun and the verb, such as `users.disable`.' }),
    target: t.string({
      nullable: true,
      description: 'The id of what it was done to; null for all.',
      resolve: ({ target }) => target && publicName(target),
    }),
    details: t.field({ type: 'JSON', description: 'The inputs.', resolve: ({ details }) => details }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was done.' }),
  }),
});

builder.queryField('operatorActions', (t) =>
  t.prismaConnection(
    {
      type: OperatorAction,
      cursor: 'id',
      maxSize: 100,
      access: 'operator',
      complexity: pageComplexity,
      description: 'The audit trail, newest first. For operators.',
      args: { user: t.arg.id({ description: 'Only what was done to this user: `User.id` or `Viewer.id`.' }) },
      resolve: (query, _, { user }, context) => {
        if (query.cursor) checkedCursor(query.cursor.id);
        const target = user == null ? undefined : `user:${userIdIn(user)}`;
        return context.listLimit.run(requireViewer(context).id, () =>
          context.prisma.operatorAction.findMany({
            ...query,
            ...(target !== undefined && { where: { target } }),
            orderBy: { id: 'desc' },
          }),
        );
      },
    },
    { name: 'OperatorActionConnection' },
    { name: 'OperatorActionEdge' },
  ),
);
