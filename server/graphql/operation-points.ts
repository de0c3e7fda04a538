/** How many points of its caller's limit an operation takes. A document is measured once, however often it is sent. */
import {
  type DocumentNode,
  type ExecutionArgs,
  getOperationAST,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { costOf } from './operation-cost.ts';

/** An operation counts one point for each started 250 values, which take about as long as a small operation. */
const valuesPerPoint = 250;
/** Points of an operation that is too complex to run: its document was parsed, validated and measured. */
const refusedPoints = 5;

/** Operations and values of variables remembered for one document: those used last. */
const maxKnown = 20;
const maxKeyCharacters = 500;

interface KnownDocument {
  /** The names of the variables that decide what its operations cost, such as that of a page's size. */
  variables: readonly string[];
  /** By operation and the values of those variables. */
  points: LRUCache<string, number>;
}

/** The points of an operation, and whether it is too complex to run. Its document has been validated. */
export function createPointCounter() {
  const documents = new WeakMap<DocumentNode, KnownDocument>();
  return (args: ExecutionArgs): { points: number; isTooComplex: boolean } => {
    const { schema, document, operationName } = args;
    const known = documents.get(document) ?? {
      variables: pagingVariables(schema, document),
      points: new LRUCache({ max: maxKnown }),
    };
    documents.set(document, known);
    const key = keyOf(operationName, known.variables, args.variableValues ?? {});
    const points = key === undefined ? undefined : known.points.get(key);
    if (points !== undefined) return { points, isTooComplex: false };

    const cost = costOf(args);
    if (cost.isTooComplex) return { points: refusedPoints, isTooComplex: true };
    const counted = Math.max(
      Math.ceil(cost.values / valuesPerPoint),
      mutationFields(document, operationName),
      1,
    );
    // The cost of faulty variables is not that of others.
    if (cost.isMeasured && key !== undefined) known.points.set(key, counted);
    return { points: counted, isTooComplex: false };
  };
}

/** Undefined where an object or a long text is among the values: such operations are measured each time. */
function keyOf(
  operationName: string | null | undefined,
  variables: readonly string[],
  values: Readonly<Record<string, unknown>>,
): string | undefined {
  if (variables.length === 0) return operationName ?? '';
  const given = variables.map((name) => [name, values[name]] as const);
  if (given.some(([, value]) => typeof value === 'object' && value !== null)) return undefined;
  const key = JSON.stringify([operationName ?? null, Object.fromEntries(given)]);
  return key.length <= maxKeyCharacters ? key : undefined;
}

/** The variables in arguments of fields whose complexity is a function of their arguments. */
function pagingVariables(schema: GraphQLSchema, document: DocumentNode): string[] {
  const names = new Set<string>();
  const types = new TypeInfo(schema);
  const addVariables = (argument: object) =>
    visit(argument as DocumentNode, { Variable: ({ name }) => void names.add(name.value) });
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: ({ arguments: given = [] }) => {
        if (typeof types.getFieldDef()?.extensions['complexity'] === 'function') given.forEach(addVariables);
      },
    }),
  );
  return [...names];
}

/** The number of fields of a mutation; 0 for another operation. */
function mutationFields(document: DocumentNode, operationName: string | null | undefined): number {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== 'mutation') return 0;
  const seen = new Set<string>();
  const count = ({ selections }: SelectionSetNode): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet);
      // Spread again, a fragment names the same fields, which run once.
      const name = selection.name.value;
      if (seen.has(name)) return sum;
      seen.add(name);
      const fragment = document.definitions.find(
        (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
      );
      return sum + (fragment?.kind === Kind.FRAGMENT_DEFINITION ? count(fragment.selectionSet) : 0);
    }, 0);
  return count(operation.selectionSet);
}
