/** Compares schema.graphql with the schema of the last release: fails for a breaking change, and lists dangerous ones. */
import { readFile } from 'node:fs/promises';
import {
  type ASTNode,
  BreakingChangeType,
  buildASTSchema,
  buildSchema,
  type ConstDirectiveNode,
  DangerousChangeType,
  type DocumentNode,
  findSchemaChanges,
  GraphQLSchema,
  Kind,
  parse,
  visit,
} from 'graphql';

export interface ApiChanges {
  /** What clients of the release may not survive, with the coordinate and the change. */
  breaking: string[];
  /** What some clients of the release may not expect, such as a new enum value. */
  dangerous: string[];
}

/**
 * The changes from the released schema to the current one, both as SDL. A member of the release may be gone once its
 * deprecation's date, `@deprecated(reason: "… until 2027-03-01")`, has passed, and a type once only such members led to it.
 */
export function findApiChanges(released: string, current: string, today: Date): ApiChanges {
  const document = parse(released);
  const reachableBefore = reachableTypes(document);
  const binding = withoutExpired(document, today);
  const reachableAfter = reachableTypes(binding);
  const expired = reachableBefore.difference(reachableAfter);
  const definitions = binding.definitions.filter(
    (definition) => !('name' in definition && definition.name && expired.has(definition.name.value)),
  );
  const changes = findSchemaChanges(schemaOf({ ...binding, definitions }), buildSchema(current));
  const ofKind = (kinds: object) =>
    changes.filter(({ type }) => type in kinds).map(({ description }) => description);
  return { breaking: ofKind(BreakingChangeType), dangerous: ofKind(DangerousChangeType) };
}

/** Types that have lost all of their members are no valid schema, but can be compared. */
const schemaOf = (document: DocumentNode) => buildASTSchema(document, { assumeValidSDL: true });

function withoutExpired(document: DocumentNode, today: Date): DocumentNode {
  const removeExpired = ({
    directives,
  }: {
    readonly directives?: readonly ConstDirectiveNode[] | undefined;
  }) => (directives?.some((directive) => isExpired(directive, today)) ? null : undefined);
  return visit<ASTNode>(document, {
    FieldDefinition: removeExpired,
    InputValueDefinition: removeExpired,
    EnumValueDefinition: removeExpired,
  }) as DocumentNode;
}

function isExpired({ name, arguments: given }: ConstDirectiveNode, today: Date): boolean {
  const reason = given?.find((argument) => argument.name.value === 'reason')?.value;
  const date = reason?.kind === Kind.STRING && /\buntil (\d{4}-\d\d-\d\d)\b/.exec(reason.value)?.[1];
  return name.value === 'deprecated' && !!date && date < today.toISOString().slice(0, 10);
}

/** The names of the types that an operation can lead to. */
function reachableTypes(document: DocumentNode): Set<string> {
  const schema = schemaOf(document);
  const [query, mutation, subscription] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ];
  return new Set(Object.keys(new GraphQLSchema({ query, mutation, subscription }).getTypeMap()));
}

if (import.meta.main) {
  const read = (file: string) => readFile(new URL(`../${file}`, import.meta.url), 'utf8');
  const { version } = JSON.parse(await read('package.json')) as { version: string };
  const released = await read(`docs/api/schema-${version}.graphql`);
  const { breaking, dangerous } = findApiChanges(released, await read('schema.graphql'), new Date());
  for (const change of dangerous) console.log(`Dangerous since ${version}: ${change}`);
  for (const change of breaking) console.error(`Breaking since ${version}: ${change}`);
  if (breaking.length > 0) {
    console.error('docs/api-changelog.md says how to deprecate what has been released.');
    process.exitCode = 1;
  }
}
