/** What one operation costs, by the values that it can ask for, and how much that may be. */
import { createComplexityRule } from '@pothos/plugin-complexity';
import { type ExecutionArgs, getOperationAST, OperationTypeNode, validate } from 'graphql';
import { introspectionWeight, maxIntrospection } from './introspection-limit.ts';

/** Levels of fields; fields as written, `__typename` and repeated ones too; values as answered, by what lists can hold. */
export const limits = { depth: 12, breadth: 200, values: 15_000 };

/** Values of one event of a subscription, as every change of a task is one: a task with all of its images has about 500. */
const maxEventValues = 2_500;

/** Rows of a page; also what a list counts for that does not say what it can hold. */
export const maxRows = 100;

/** A value of introspection needs neither the database nor a resolver, and is that much cheaper. */
const introspectionShare = 1 / 80;

interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
}

/**
 * What a page counts for: what is selected of it, once for each row.
 * @param rowValues what each row brings along, selected or not
 */
export function createPageComplexity(rowValues = 0) {
  return ({ first, last }: PageArguments) => {
    const rows = Math.min(Math.max(first ?? last ?? 20, 1), maxRows);
    return { field: 1 + rows * rowValues, multiplier: rows };
  };
}

/** Of rows that bring nothing along. */
export const pageComplexity = createPageComplexity();

export interface Cost {
  /** An estimate from above of the values that the answer, or an event, can hold. */
  values: number;
  isTooComplex: boolean;
}

/** What the operation costs. Its document has been validated; other faults, as of a variable, are left to the execution. */
export function costOf(args: ExecutionArgs): Cost {
  const { schema, document, operationName, variableValues, contextValue } = args;
  const introspected = introspectionWeight(document, operationName);
  const operation = getOperationAST(document, operationName);
  const isSubscription = operation?.operation === OperationTypeNode.SUBSCRIPTION;
  const maxValues = isSubscription ? maxEventValues : limits.values;
  let values = Math.ceil(introspected * introspectionShare);
  let isTooComplex = introspected > maxIntrospection;
  const rule = createComplexityRule({
    context: contextValue as object,
    operationName: operationName ?? null,
    variableValues: variableValues ?? {},
    validate: ({ depth, breadth, complexity }) => {
      values += complexity;
      isTooComplex ||= depth > limits.depth || breadth > limits.breadth || complexity > maxValues;
    },
  });
  validate(schema, document, [rule]);
  return { values, isTooComplex };
}
