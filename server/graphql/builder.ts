/** The schema builder: plugins, scalars and error codes; features add the types. */
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import { GraphQLError } from 'graphql';
import type PrismaTypes from '../generated/pothos/types.ts';
import { getDatamodel } from '../generated/pothos/types.ts';
import { errorCodes } from '../lib/errors.ts';
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import { isUploadedFile, type UploadedFile } from '../lib/uploaded-file.ts';
import { maxRows } from './operation-cost.ts';
import type { Context } from './context.ts';
import './execution-limit.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  Scalars: {
    ID: { Input: string; Output: string | number };
    DateTime: { Input: Date; Output: Date };
    File: { Input: UploadedFile; Output: never };
    JSON: { Input: JsonObject; Output: unknown };
  };
}>({
  defaultFieldNullability: false,
  plugins: [ComplexityPlugin, 'executionLimit', RelayPlugin, PrismaPlugin],
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    // The page has multiplied both by its rows.
    nodesOnConnection: { complexity: { multiplier: 1 } },
    nodeFieldOptions: { nullable: false },
    edgesFieldOptions: { nullable: { list: false, items: false }, complexity: { multiplier: 1 } },
    // In `nodes.ts`.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    nodeTypeOptions: { description: 'An object with a global id.' },
  },
  prisma: { client: ({ prisma }) => prisma, dmmf: getDatamodel(), exposeDescriptions: false },
  // The limits are in `operation-limits.ts`: the plugin's own come too late for a subscription.
  complexity: { disabled: true, defaultListMultiplier: maxRows },
});

builder.queryType({});
builder.mutationType({});
builder.subscriptionType({});

builder.scalarType('DateTime', {
  description: 'An instant, RFC 3339 in UTC.',
  serialize: (instant) => instant.toISOString(),
  parseValue: (value) => {
    const instant =
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : undefined;
    const year = instant?.getUTCFullYear();
    // PostgreSQL has no year 0, and takes no other form of a year.
    if (!instant || !year || year < 1 || year > 9_999)
      throw new GraphQLError('A DateTime is an RFC 3339 instant, such as 2026-01-31T12:00:00Z.');
    return instant;
  },
});

builder.scalarType('File', {
  description: 'A file of a multipart request (GraphQL multipart request specification).',
  serialize: () => {
    throw new GraphQLError('A File cannot be asked for.');
  },
  parseValue: (value) => {
    if (isUploadedFile(value)) return value;
    throw new GraphQLError('A File comes as a part of a multipart request.');
  },
});

builder.scalarType('JSON', {
  description: 'A JSON object.',
  serialize: (value) => value,
  parseValue: (value) => {
    if (isJsonObject(value)) return value;
    throw new GraphQLError('This takes a JSON object.');
  },
});

builder.enumType('ErrorCode', {
  description:
    "`extensions.code` of every error in a response's `errors`: the request was refused and nothing was charged. After INTERNAL, " +
    'and where no answer came at all, the outcome is open: repeat the request with the same idempotency key to settle it.',
  values: errorCodes,
});
