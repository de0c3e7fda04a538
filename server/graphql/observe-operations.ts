/** Times the execution of queries and mutations by their root field. */
import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { publicCode } from './public-error.ts';

/** An operation that is executed. */
interface Operation {
  /** `query` or `mutation`. */
  type: string;
  /** The root field; `several` where there is more than one. */
  field: string;
}

export interface OperationObserver {
  countOperation: (operation: Operation, seconds: number) => void;
  /** Runs the execution. Absent: it runs as it is. */
  traceOperation?:
    | ((
        operation: Operation & { name: string | undefined },
        execute: () => ExecutionResult | Promise<ExecutionResult>,
        codesOf: (result: ExecutionResult) => string[],
      ) => Promise<ExecutionResult>)
    | undefined;
}

/** After the limits, so that refused operations are not timed. */
export function observeOperations({ countOperation, traceOperation }: OperationObserver): Plugin {
  const known = new WeakMap<DocumentNode, Map<string | null | undefined, Operation>>();
  const operationOf = ({ document, operationName }: ExecutionArgs): Operation => {
    const operations = known.get(document) ?? new Map<string | null | undefined, Operation>();
    known.set(document, operations);
    const operation = operations.get(operationName) ?? describe(document, operationName);
    operations.set(operationName, operation);
    return operation;
  };
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = operationOf(args as ExecutionArgs);
      if (traceOperation) {
        const { document, operationName } = args;
        const name = getOperationAST(document, operationName)?.name?.value;
        setExecuteFn((given) =>
          traceOperation({ ...operation, name }, () => executeFn(given) as never, codesOf),
        );
      }
      const startedAtMs = performance.now();
      return {
        onExecuteDone() {
          countOperation(operation, (performance.now() - startedAtMs) / 1000);
        },
      };
    },
  };
}

function describe(document: DocumentNode, operationName: string | null | undefined): Operation {
  const operation = getOperationAST(document, operationName)!;
  const fields = rootFields(operation.selectionSet, document);
  return { type: operation.operation, field: fields.size === 1 ? [...fields][0]! : 'several' };
}

/** Their names in the schema, also in fragments. The document is valid, so no fragment contains itself. */
function rootFields({ selections }: SelectionSetNode, document: DocumentNode): Set<string> {
  const fields = new Set<string>();
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      fields.add(selection.name.value);
      continue;
    }
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection
        : document.definitions.find(
            (node) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === selection.name.value,
          );
    if (fragment && 'selectionSet' in fragment && fragment.selectionSet)
      for (const field of rootFields(fragment.selectionSet, document)) fields.add(field);
  }
  return fields;
}

function codesOf({ errors = [] }: ExecutionResult): string[] {
  return errors.map(publicCode);
}
