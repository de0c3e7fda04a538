import { buildSchema, parse, validate } from 'graphql';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from './commands.ts';
import { OperationRefused, runCommand } from './run.ts';

const schema = buildSchema(readFileSync(path.join(import.meta.dirname, '../../../schema.graphql'), 'utf8'));
const all = Object.entries(commands).flatMap(([noun, verbs]) =>
  Object.entries(verbs).map(([verb, command]) => [`${noun} ${verb}`, command] as const),
);

async function run(line: string, answer: unknown = {}) {
  const printed = { out: '', error: '' };
  const sent: Record<string, unknown>[] = [];
  const code = await runCommand(line === '' ? [] : line.split(' '), {
    connected: (work) =>
      work((_, variables) => {
        sent.push(variables);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      }),
    localWorks: { doctor: () => Promise.resolve(answer) } as never,
    print: (text) => (printed.out += text),
    printError: (text) => (printed.error += text),
  });
  return { code, sent, ...printed };
}

it.each(all)('%s asks for what the API has', (_, command) => {
  if ('document' in command) expect(validate(schema, parse(command.document))).toEqual([]);
});

it.each(all)('%s has help', async (name, { summary }) => {
  const { code, out } = await run(`${name} --help`);
  expect(code).toBe(0);
  // The verb `run` can be left out.
  expect(out).toContain(`npm run admin -- ${name.replace(/ run$/, '')} `);
  expect(out).toContain(summary);
  expect(out).toContain('--json');
});

describe('usage', () => {
  it.each([
    ['', 0],
    ['--help', 0],
    ['users --help', 0],
    ['users', 2],
    ['users unknown', 2],
    ['constructor toString', 2],
    ['users show', 2],
    ['users show a@example.test b@example.test', 2],
    ['users list --unknown', 2],
    ['users list --limit 0', 2],
    ['users list --limit x', 2],
    ['credits grant a@example.test 5', 2],
    ['credits grant a@example.test x --reason y', 2],
    ['users delete a@example.test', 2],
    ['users invite --days 0', 2],
    ['credits usage --from yesterday', 2],
    ['doctor now', 2],
    ['sessions end', 2],
    ['sessions end a@example.test --all', 2],
  ])('%j ends with %i and sends nothing', async (line, expected) => {
    const { code, sent, out, error } = await run(line);
    expect({ code, sent }).toEqual({ code: expected, sent: [] });
    expect(out + error).not.toBe('');
  });
});

it('names a user by address or id, and takes back by a negative amount', async () => {
  const { sent } = await run('credits take-back a@example.test 5 --reason x --key k');
  expect(sent).toEqual([
    { input: { email: 'a@example.test', amount: -5, reason: 'x', idempotencyKey: 'k' } },
  ]);
  expect((await run('users show VXNlcjox')).sent).toEqual([{ user: 'VXNlcjox' }]);
});

it('prints a table with what follows, and JSON for scripts', async () => {
  const node = { email: 'a@example.test', name: 'A\u001b[31m', createdAt: '2026-01-31T12:00:00.123Z' };
  const users = { totalCount: 3, nodes: [node], pageInfo: { hasNextPage: true, endCursor: 'x' } };
  const { out } = await run('users list --limit 1', { users });
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^email +name +role +credits +createdAt/),
    expect.stringMatching(/^a@example.test  A\uFFFD\[31m +- +- +2026-01-31 12:00:00Z  -/),
    '',
    '1 of 3, next page: --after x',
  ]);
  expect(JSON.parse((await run('users list --json', { users })).out)).toEqual(users);
});

it('ends with 1 and the reason where it is refused', async () => {
  const { code, error, out } = await run(
    'users show x',
    new OperationRefused('NOT_FOUND: There is no such user.'),
  );
  expect({ code, error, out }).toEqual({ code: 1, error: 'NOT_FOUND: There is no such user.', out: '' });
});

it.each([
  ['doctor', 'failed', 1],
  ['doctor run --json', 'failed', 1],
  ['doctor', 'warning', 0],
])('%s ends, where a check is %s, with %i', async (line, state, expected) => {
  const { code, out, sent } = await run(line, { nodes: [{ check: 'mail', state, explanation: 'x' }] });
  expect({ code, sent }).toEqual({ code: expected, sent: [] });
  expect(out).toContain(state);
});
