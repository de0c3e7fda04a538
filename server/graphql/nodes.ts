/** `Query.node` and `Query.nodes`: objects by their global ids. */
import { resolveNodes } from '@pothos/plugin-relay';
import { type GraphQLResolveInfo, isObjectType } from 'graphql';
import { AppError } from '../lib/errors.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { readGlobalId } from './global-id.ts';
import { maxRows, nodeValues } from './operation-cost.ts';

/** Prisma's code for a required row that does not exist. */
const rowNotFound = 'P2025';

/** Types with a loader of their own, which finds the viewer's object. Prisma loads all other types. */
export const nodeLoaders = new Map<string, (id: string, context: Context) => Promise<object | null> | null>();

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    access: 'optional',
    complexity: nodeValues,
    description: 'The object with that id; null where there is none, or it belongs to another user.',
    args: { id: t.arg.id({ required: true, description: 'The global id of an object.' }) },
    resolve: (_, { id }, context, info) => findNode(id, context, info),
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    access: 'optional',
    complexity: ({ ids }) => {
      const rows = Math.min(ids.length, maxRows);
      return { field: 1 + rows * nodeValues, multiplier: rows };
    },
    description:
      'The objects with those ids, in the order of the ids; null for each that does not exist or belongs to another user.',
    args: { ids: t.arg.idList({ required: true, description: `At most ${maxRows} global ids.` }) },
    resolve: (_, { ids }, context, info) => {
      if (ids.length > maxRows) throw new AppError('INVALID_INPUT', `Ask for ${maxRows} ids at most.`, 'ids');
      // Requested in one tick, so that Prisma reads the rows of a type in one statement.
      return Promise.all(ids.map((id) => findNode(id, context, info)));
    },
  }),
}));

async function findNode(globalId: string, context: Context, info: GraphQLResolveInfo): Promise<unknown> {
  const id = readGlobalId(globalId);
  const type = id && info.schema.getType(id.typename);
  if (!id || !isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Node')) return null;
  const load = nodeLoaders.get(type.name);
  if (load) {
    const node = await load(id.id, context);
    return node && { ...node, __typename: type.name };
  }
  try {
    const [node] = await resolveNodes(builder, context, info, [id]);
    return await node;
  } catch (error) {
    if ((error as { code?: unknown }).code === rowNotFound) return null;
    throw error;
  }
}
