/** The schema builder: plugins and scalars; features add the types. */
import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import { GraphQLError } from 'graphql';
import type PrismaTypes from '../generated/pothos/types.ts';
import { getDatamodel } from '../generated/pothos/types.ts';
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import { isUploadedFile, type UploadedFile } from '../lib/uploaded-file.ts';
import { maxRows } from './operation-cost.ts';
import type { Context } from './context.ts';
import './access.ts';
import './execution-limit.ts';
import { relayOptions } from './relay-options.ts';

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
  plugins: [
    ComplexityPlugin,
    'access',
    'executionLimit',
    'globalId',
    'totalCountDescription',
    RelayPlugin,
    PrismaPlugin,
  ],
  relay: relayOptions,
  prisma: { client: ({ prisma }) => prisma, dmmf: getDatamodel(), exposeDescriptions: false },
  // The limits are in `operation-limits.ts`: the plugin's own come too late for a subscription.
  complexity: { disabled: true, defaultListMultiplier: maxRows },
});

builder.queryType({ description: 'Reads. Fields run at the same time.' });
builder.mutationType({
  description:
    'Writes. Fields run one after the other; a refused field is null and has an entry in `errors`, and the others keep their payloads.',
});
builder.subscriptionType({ description: 'Live updates, over WebSocket or server-sent events.' });

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
