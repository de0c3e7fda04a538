/** The options of the Relay plugin, with the descriptions of what it generates: ids, connections, edges, page arguments. */
import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import { toGlobalId } from './global-id.ts';
import { defaultRows, maxRows } from './operation-cost.ts';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      totalCountDescription: TotalCountDescriptionPlugin<Types>;
      globalId: GlobalIdPlugin<Types>;
    }
  }
}

export const relayOptions = {
  clientMutationId: 'omit',
  cursorType: 'String',
  // In `nodes.ts`.
  nodeQueryOptions: false,
  nodesQueryOptions: false,
  nodeTypeOptions: { description: 'An object with a global id.' },
  idFieldOptions: { description: 'Global and opaque: unique over all types, and the same for ever.' },
  defaultConnectionTypeOptions: { description: 'One page of a list.' },
  edgesFieldOptions: {
    nullable: { list: false, items: false },
    // The page has multiplied both by its rows.
    complexity: { multiplier: 1 },
    description: 'The objects of the page with their cursors, in the order of the list.',
  },
  nodesOnConnection: {
    complexity: { multiplier: 1 },
    description: 'The objects of the page, in the order of the list.',
  },
  pageInfoFieldOptions: { description: 'Where the page begins and ends, and whether there are more.' },
  defaultEdgeTypeOptions: { description: 'An object of a page, with its cursor.' },
  nodeFieldOptions: { nullable: false, description: 'The object.' },
  cursorFieldOptions: { description: 'The place of the object in the list, for `after` and `before`.' },
  pageInfoTypeOptions: { description: 'The place of a page in its list.' },
  hasNextPageFieldOptions: {
    description:
      'Whether more objects follow. Exact with `first`; with `last`, true where `before` was given.',
  },
  hasPreviousPageFieldOptions: {
    description:
      'Whether more objects come before. Exact with `last`; with `first`, true where `after` was given.',
  },
  startCursorFieldOptions: {
    description: 'The cursor of the first object, for `before`; null for an empty page.',
  },
  endCursorFieldOptions: {
    description: 'The cursor of the last object, for `after`; null for an empty page.',
  },
  firstArgOptions: {
    description: `How many objects from the beginning, or after \`after\`: 1 to ${maxRows}; ${defaultRows} where neither \`first\` nor \`last\` is given.`,
  },
  afterArgOptions: { description: 'A cursor: the page begins with the object after it. Not with `last`.' },
  lastArgOptions: {
    description: `How many objects from the end, or before \`before\`: 1 to ${maxRows}. Not with \`first\`.`,
  },
  beforeArgOptions: {
    description: 'A cursor: the page ends with the object before it. Not with `first`.',
  },
} as const;

/** Describes `totalCount`, for which the Prisma plugin has no option. */
export class TotalCountDescriptionPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    if (field.name !== 'totalCount') return field;
    return { ...field, description: 'How many objects the whole list has, under its filter.' };
  }
}

/**
 * Resolves the ids of rows at once. The Relay plugin resolves each to a promise, which makes the execution of every operation
 * asynchronous that asks for one.
 */
export class GlobalIdPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { extensions } = this.buildCache.getTypeConfig(field.parentType);
    if (field.name !== 'id' || !extensions?.['pothosPrismaModel']) return field;
    return { ...field, resolve: (row) => toGlobalId(field.parentType, (row as { id: string }).id) };
  }
}

SchemaBuilder.registerPlugin('globalId', GlobalIdPlugin);
SchemaBuilder.registerPlugin('totalCountDescription', TotalCountDescriptionPlugin);
