/** Every field of the root types, with an operation that asks for it: its arguments are well typed and name nothing. */
import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import type { Access } from '../../server/graphql/access.ts';
import { schema } from '../../server/schema.ts';

export interface RootField {
  name: string;
  kind: 'query' | 'mutation' | 'subscription';
  access: Access;
  query: string;
  variables: Record<string, unknown>;
  /** Whether `$file` has to be sent as a part of a multipart request. */
  takesFile: boolean;
}

/** A value of each scalar; the ids name nothing. */
const scalars: Record<string, unknown> = {
  ID: Buffer.from('Task:00000000-0000-7000-8000-000000000000').toString('base64'),
  String: 'x',
  Int: 1,
  Float: 1,
  Boolean: true,
  DateTime: '2100-01-01T00:00:00Z',
  JSON: {},
  File: null,
};

export const rootFields: RootField[] = (
  [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const
).flatMap(([kind, type]) =>
  Object.values(type!.getFields()).map((field) => {
    const pass = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
    const declared = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
    const selected = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
    const call = field.args.length > 0 ? `${field.name}(${pass})` : field.name;
    return {
      name: `${type!.name}.${field.name}`,
      kind,
      access: field.extensions['access'] as Access,
      query: `${kind} ${declared && `(${declared})`} { ${call}${selected} }`,
      variables: Object.fromEntries(
        field.args.map(({ name, type }: GraphQLArgument) => [name, valueOf(type)]),
      ),
      takesFile: field.args.some(({ type }) => getNamedType(type).name === 'File'),
    };
  }),
);

function valueOf(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return [valueOf(type.ofType)];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter(isRequiredInputField)
        .map((field) => [field.name, valueOf(field.type)]),
    );
  return scalars[type.name];
}
