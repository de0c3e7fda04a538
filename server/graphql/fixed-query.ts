/** Queries that the server itself runs, outside of a request. */
import { execute, type GraphQLSchema, parse } from 'graphql';
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
