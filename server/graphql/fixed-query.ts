/** Queries that the server itself runs, outside of a request. */
import { execute, getNamedType, type GraphQLSchema, isLeafType, isObjectType, parse } from 'graphql';
import type { Context } from './context.ts';

/** The data of the query for that context and these variables. @throws the first error of a field */
export type FixedQuery = (context: Context, variables: Record<string, unknown>) => Promise<unknown>;

/** @param source A document that is valid for the schema. */
export function createFixedQuery(schema: GraphQLSchema, source: string): FixedQuery {
  const document = parse(source);
  return async (contextValue, variableValues) => {
    const { data, errors } = await execute({ schema, document, contextValue, variableValues });
    if (errors?.[0]) throw errors[0];
    return data;
  };
}

/** A selection of all fields of an object type that have no arguments and no fields of their own. */
export function leafFields(schema: GraphQLSchema, typeName: string): string {
  const type = schema.getType(typeName);
  const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
  const leaves = fields.filter(({ type, args }) => isLeafType(getNamedType(type)) && args.length === 0);
  return leaves.map(({ name }) => name).join(' ');
}
