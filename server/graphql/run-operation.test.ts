import { parse } from 'graphql';
import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import { expect, it } from 'vitest';
import { createOperationRunner } from './run-operation.ts';

const schema = createSchema<{ user: string; log: string[] }>({
  typeDefs: 'type Query { user: String! }',
  resolvers: { Query: { user: (_, __, { user, log }) => (log.push('resolves'), user) } },
});
const document = parse('{ user }');
type Result = Parameters<Parameters<NonNullable<Plugin['onExecute']>>[0]['setResultAndStopExecution']>[0];

/** A plugin that logs its hooks, wraps the execution, and adds to the result. */
function createPlugin(name: string, { isAsync = false, stops = false } = {}): Plugin<{ log: string[] }> {
  const changed = (done: object) => (isAsync ? Promise.resolve(done) : done) as never;
  return {
    onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
      const { log } = args.contextValue;
      log.push(`${name} starts`);
      if (stops) return setResultAndStopExecution({ data: { user: 'refused' } });
      setExecuteFn((given) => {
        log.push(`${name} executes`);
        return executeFn(given) as Result;
      });
      return changed({
        onExecuteDone({ result, setResult }: { result: object; setResult: (result: object) => void }) {
          log.push(`${name} ends`);
          setResult({ ...result, extensions: { by: name, ...('extensions' in result && { last: true }) } });
        },
      });
    },
  };
}

it.each<[string, Plugin<{ log: string[] }>[]]>([
  ['several', [createPlugin('a'), createPlugin('b')]],
  ['one that is asynchronous', [createPlugin('a', { isAsync: true }), createPlugin('b')]],
  [
    'one that refuses the operation',
    [createPlugin('a'), createPlugin('b', { stops: true }), createPlugin('c')],
  ],
])('runs the hooks of plugins as Yoga does: %s', async (_, plugins) => {
  const runner = createOperationRunner();
  const context = () => Promise.resolve({ user: 'Ada' });
  const yoga = createYoga({
    schema: schema as never,
    context,
    logging: false,
    plugins: [...plugins, runner.plugin],
  });
  const log: string[] = [];
  const { contextFactory, execute } = yoga.getEnveloped({ log } as never);
  const expected = await execute({ schema, document, contextValue: await contextFactory() });
  const logOfRunner: string[] = [];
  const result = await runner.run(document, { log: logOfRunner, params: { query: '{ user }' } } as never);
  expect(result).toEqual(expected);
  expect(logOfRunner).toEqual(log);
  expect(log).toContain('a starts');
});

it('rejects where the context cannot be built', async () => {
  const runner = createOperationRunner();
  const context = () => Promise.reject(new Error('No such user'));
  createYoga({ schema: schema as never, context, logging: false, plugins: [runner.plugin] });
  await expect(runner.run(document, { params: { query: '{ user }' } } as never)).rejects.toThrow(
    'No such user',
  );
});

it.each<[string, Plugin]>([
  ['breakContextBuilding', { onContextBuilding: ({ breakContextBuilding }) => breakContextBuilding() }],
  ['functions after onContextBuilding', { onContextBuilding: () => () => {} }],
  ['extendContext', { onExecute: ({ extendContext }) => extendContext({}) }],
  ['onNext', { onExecute: () => ({ onExecuteDone: () => ({ onNext() {} }) }) }],
])('refuses what it has not for plugins: %s', async (feature, plugin) => {
  const runner = createOperationRunner();
  createYoga({
    schema: schema as never,
    logging: false,
    plugins: [createPlugin('a'), plugin, runner.plugin],
  });
  const transport = { user: 'Ada', log: [], params: { query: '{ user }' } };
  await expect(runner.run(document, transport as never)).rejects.toThrow(feature);
});
