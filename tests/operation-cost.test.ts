/** What operations cost: those of the web client are far from every limit. */
import {
  type DocumentNode,
  getOperationAST,
  type GraphQLInputType,
  isNonNullType,
  typeFromAST,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import * as client from '../client/api/generated/graphql.ts';
import { costOf, limits } from '../server/graphql/operation-cost.ts';
import { schema } from '../server/schema.ts';

const documents = Object.entries(client).filter(([name]) => name.endsWith('Document')) as unknown as [
  string,
  DocumentNode,
][];

/** Values that the variables can be coerced from. */
function variablesOf(document: DocumentNode): Record<string, unknown> {
  const values: Record<string, unknown> = {
    Boolean: true,
    CreateApiKeyInput: { name: 'x' },
    CreateShareLinkInput: { task: 'x' },
    CreateWebhookEndpointInput: { url: 'x' },
    ID: 'x',
    Int: 1,
    Scene: 'TEXT_TO_IMAGE',
    String: 'x',
    TaskFilter: {},
    UpdateWebhookEndpointInput: { id: 'x' },
    GenerateImageInput: { model: 'x', prompt: 'x', scene: 'TEXT_TO_IMAGE' },
    File: { name: 'x', type: 'image/png', size: 1, arrayBuffer: async () => new ArrayBuffer(1) },
  };
  const named = (type: GraphQLInputType) => String(isNonNullType(type) ? type.ofType : type);
  return Object.fromEntries(
    (getOperationAST(document)?.variableDefinitions ?? []).map(({ variable, type }) => [
      variable.name.value,
      values[named(typeFromAST(schema, type as never) as GraphQLInputType)],
    ]),
  );
}

describe('an operation of the web client', () => {
  it.each(documents)('may run, many times a minute: %s', (_, document) => {
    const cost = costOf({ schema, document, variableValues: variablesOf(document), contextValue: {} });
    expect(cost.isTooComplex).toBe(false);
    expect(cost.values).toBeGreaterThan(0);
    expect(cost.values).toBeLessThan(limits.values / 2);
  });
});
