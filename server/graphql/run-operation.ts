/**
 * Runs an operation with the hooks of Yoga's plugins in a plain loop. Envelop, which runs them for Yoga, makes a dozen closures
 * for each hook of each operation: a third of all that a small query allocates.
 */
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { TransportContext } from './http.ts';
import type { OperationParams } from './json-request.ts';

type ContextHook = NonNullable<Plugin['onContextBuilding']>;
type ExecuteHook = NonNullable<Plugin['onExecute']>;
type ExecuteFunction = Parameters<ExecuteHook>[0]['executeFn'];
type DoneHook = NonNullable<Exclude<Awaited<ReturnType<ExecuteHook>>, void>['onExecuteDone']>;

/** What no plugin here does. One that begins to is found out by its first operation. */
const missing = (feature: string) => (): never => {
  throw new Error(`server/graphql/run-operation.ts has no ${feature} for plugins.`);
};
const breakContextBuilding = missing('breakContextBuilding');
const extendContext = missing('extendContext of onExecute');
const afterContext = missing('functions after onContextBuilding');
const followResult = missing('onNext and onEnd');

export type OperationRunner = ReturnType<typeof createOperationRunner>;

export function createOperationRunner() {
  let schema: GraphQLSchema;
  const contextHooks: ContextHook[] = [];
  const executeHooks: ExecuteHook[] = [];

  async function execute(args: ExecutionArgs): Promise<ExecutionResult> {
    let executeFn: ExecuteFunction | undefined;
    let result: ExecutionResult | undefined;
    const doneHooks: DoneHook[] = [];
    const setExecuteFn = (changed: ExecuteFunction) => void (executeFn = changed);
    const setResult = (changed: ExecutionResult) => void (result = changed);
    for (const hook of executeHooks) {
      const payload = { args, executeFn, setExecuteFn, setResultAndStopExecution: setResult, extendContext };
      const hooked = hook(payload as never);
      const { onExecuteDone } = (hooked instanceof Promise ? await hooked : hooked) ?? {};
      if (onExecuteDone) doneHooks.push(onExecuteDone);
      if (result) break;
    }
    result ??= (await executeFn!(args as never)) as ExecutionResult;
    for (const done of doneHooks) {
      const finished: unknown = done({ args, result, setResult } as never);
      if (finished instanceof Promise ? await finished : finished) followResult();
    }
    return result;
  }

  return {
    /** Gives the runner the hooks and the schema. */
    plugin: {
      onPluginInit({ plugins }) {
        for (const { onContextBuilding, onExecute } of plugins as Plugin[]) {
          if (onContextBuilding) contextHooks.push(onContextBuilding);
          if (onExecute) executeHooks.push(onExecute);
        }
      },
      onSchemaChange: (changed) => void (schema = changed.schema),
    } satisfies Plugin as Plugin,

    /** Runs the query or mutation of a valid document. Rejects where its context cannot be built. */
    async run(
      document: DocumentNode,
      transport: TransportContext & { params: OperationParams },
    ): Promise<ExecutionResult> {
      const extend = (extension: object) => void Object.assign(transport, extension);
      for (const hook of contextHooks) {
        const payload = { context: transport, extendContext: extend, breakContextBuilding };
        const built: unknown = hook(payload as never);
        if (built instanceof Promise ? await built : built) afterContext();
      }
      const { variables: variableValues, operationName } = transport.params;
      return execute({
        schema,
        document,
        contextValue: transport,
        variableValues,
        operationName,
      } as ExecutionArgs);
    },
  };
}
