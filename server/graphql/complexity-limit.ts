/** How much one operation may ask for, whatever the transport. */
import { createComplexityRule } from '@pothos/plugin-complexity';
import { type ExecutionArgs, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { AppError } from '../errors.ts';
import type { Log } from '../lib/log.ts';
import type { Context } from './context.ts';
import { introspectionWeight, maxIntrospection } from './introspection-limit.ts';
import { publicError } from './public-error.ts';

/** Levels of fields; fields as written, `__typename` and repeated ones too; fields as answered, by the lengths of lists. */
const limits = { depth: 12, breadth: 200, complexity: 15_000 };

interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
}

/** What a page counts for: its rows. The lists in it, `nodes` and `edges`, count for 5 of them already, as any list does. */
export function pageComplexity({ first, last }: PageArguments) {
  const rows = Math.min(Math.max(first ?? last ?? 20, 5), 100);
  return { field: 1, multiplier: rows / 5 };
}

/** Refuses operations beyond the limits with QUERY_TOO_COMPLEX before anything of them runs. */
export function limitComplexity(log: Log): Plugin<Context> {
  const refuse = (args: ExecutionArgs, stop: (result: { errors: Error[] }) => void) => {
    if (!isTooComplex(args)) return;
    const message = 'This operation asks for too much at once. Ask for fewer fields, levels or rows.';
    stop({ errors: [publicError(new AppError('QUERY_TOO_COMPLEX', message), log)] });
  };
  return {
    onExecute: ({ args, setResultAndStopExecution }) => refuse(args, setResultAndStopExecution),
    onSubscribe: ({ args, setResultAndStopExecution }) => refuse(args, setResultAndStopExecution),
  };
}

function isTooComplex({
  schema,
  document,
  operationName,
  variableValues,
  contextValue,
}: ExecutionArgs): boolean {
  if (introspectionWeight(document, operationName) > maxIntrospection) return true;
  let isBeyond = false;
  const rule = createComplexityRule({
    context: contextValue as object,
    operationName: operationName ?? null,
    variableValues: variableValues ?? {},
    validate: ({ depth, breadth, complexity }) => {
      isBeyond ||= depth > limits.depth || breadth > limits.breadth || complexity > limits.complexity;
    },
  });
  // Other faults, as of a variable, are told by the execution.
  validate(schema, document, [rule]);
  return isBeyond;
}
