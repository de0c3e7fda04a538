/** What one operation costs, by the values that it can ask for, and how much that may be. */
import { createComplexityRule } from '@pothos/plugin-complexity';
import {
  type ExecutionArgs,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  validate,
} from 'graphql';

/** Levels of fields; fields as written, `__typename` and repeated ones too; values as answered, by what lists can hold. */
export const limits = { depth: 12, breadth: 200, values: 15_000 };

/** Values of one event of a subscription, as every change of a task is one: a task with all of its images has about 500. */
const maxEventValues = 2_500;

/** Rows of a page; also what a list counts for that does not say what it can hold. */
export const maxRows = 100;

/** Rows of a page that does not say how many, which is Pothos's default. */
export const defaultRows = 20;

/** Values of introspection in one operation: four times what the tools ask for, every fact of the schema once. */
const maxIntrospection = 200_000;
/** A value of introspection needs neither the database nor a resolver, and is that much cheaper. */
const introspectionShare = 1 / 80;

/** What an object by id may bring along, selected or not: a task has its images and references. */
export const nodeValues = 30;

export interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
}

/**
 * What a page counts for: what is selected of it, once for each row.
 * @param rowValues what each row brings along, selected or not
 */
export function createPageComplexity(rowValues = 0) {
  return ({ first, last }: PageArguments) => {
    const rows = Math.min(Math.max(first ?? last ?? defaultRows, 1), maxRows);
    return { field: 1 + rows * rowValues, multiplier: rows };
  };
}

/** Of rows that bring nothing along. */
export const pageComplexity = createPageComplexity();

export interface Cost {
  /** An estimate from above of the values that the answer, or an event, can hold. */
  values: number;
  isTooComplex: boolean;
  /** False where a fault, as of a variable, prevented the estimate. The execution reports it. */
  isMeasured: boolean;
}

/** What the operation costs. Its document has been validated; other faults, as of a variable, are left to the execution. */
export function costOf(args: ExecutionArgs): Cost {
  const { schema, document, operationName, variableValues, contextValue } = args;
  const introspected = introspectionWeight(args);
  const operation = getOperationAST(document, operationName);
  const isSubscription = operation?.operation === OperationTypeNode.SUBSCRIPTION;
  const maxValues = isSubscription ? maxEventValues : limits.values;
  let values = Math.ceil(introspected * introspectionShare);
  let isMeasured = false;
  let isTooComplex = introspected > maxIntrospection;
  const rule = createComplexityRule({
    context: contextValue as object,
    operationName: operationName ?? null,
    variableValues: variableValues ?? {},
    validate: ({ depth, breadth, complexity }) => {
      isMeasured = true;
      values += complexity;
      isTooComplex ||= depth > limits.depth || breadth > limits.breadth || complexity > maxValues;
    },
  });
  validate(schema, document, [rule]);
  return { values, isTooComplex, isMeasured };
}

/** The fields of introspection that are lists; each counts for so many rows. */
const lists = new Set([
  'args',
  'directives',
  'enumValues',
  'fields',
  'inputFields',
  'interfaces',
  'possibleTypes',
  'types',
]);
const rows = 10;

/**
 * The values that the operation asks of the schema itself, by estimate: complexity does not look into `__schema` and
 * `__type`. The document has been validated: no fragment is in itself.
 */
function introspectionWeight({ document, operationName }: ExecutionArgs): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const operation = getOperationAST(document, operationName);
  if (!operation) return 0;

  /** `isWithin`: below `__schema` or `__type`, where every field counts. */
  const createWeigh = (isWithin: boolean) => {
    const known = new Map<string, number>();
    const weigh = ({ selections }: SelectionSetNode): number =>
      selections.reduce((sum, selection) => {
        if (selection.kind === Kind.INLINE_FRAGMENT) return sum + weigh(selection.selectionSet);
        if (selection.kind === Kind.FIELD) {
          const name = selection.name.value;
          if (!isWithin && name !== '__schema' && name !== '__type') return sum;
          const factor = lists.has(name) ? rows : 1;
          const within = selection.selectionSet ? weighWithin(selection.selectionSet) : 0;
          return sum + 1 + factor * within;
        }
        const name = selection.name.value;
        const fragment = fragments.get(name);
        if (!known.has(name)) known.set(name, fragment ? weigh(fragment.selectionSet) : 0);
        return sum + known.get(name)!;
      }, 0);
    return weigh;
  };
  const weighWithin = createWeigh(true);
  return createWeigh(false)(operation.selectionSet);
}
