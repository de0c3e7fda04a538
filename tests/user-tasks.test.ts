/** What operators do to the tasks of users. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, credits, follow, generate, signUp } from './support/api.ts';
import { account, startWithOperator, trail } from './support/operators.ts';
import type { TestApp } from './support/start-app.ts';

let app: TestApp;
let operator: Caller;
let user: Caller;
beforeAll(async () => {
  ({ app, operator } = await startWithOperator({ SIGNUP_CREDITS: '20' }));
  user = await signUp(app.url);
});
afterAll(() => app?.remove());

const waiting = () => generate(user, { prompt: 'Dunes sandbox:queued=9999' });
const run = (mutation: string, id: string) =>
  operator.ask(
    `mutation ($id: ID!) { ${mutation}(id: $id) { task { taskId status failureCode refundedCredits } } }`,
    { id },
  );
const list = async (filter: object) => {
  const { userTasks } = await operator.ask<{
    userTasks: { nodes: { taskId: string; user: { email: string } }[] };
  }>('query ($filter: UserTaskFilter) { userTasks(filter: $filter) { nodes { taskId user { email } } } }', {
    filter,
  });
  return userTasks.nodes;
};

it.each([
  ['cancelUserTask', 'CANCELED', null, 'tasks.cancel'],
  ['failUserTask', 'FAILED', 'INTERNAL', 'tasks.fail'],
])(
  '%s ends a task as %s and refunds it; its subscribers see that',
  async (mutation, status, code, action) => {
    const before = await credits(user);
    const { id } = await waiting();
    const followed = follow(user, id);
    expect(await run(mutation, id)).toEqual({
      [mutation]: { task: { taskId: id, status, failureCode: code, refundedCredits: 2 } },
    });
    expect((await followed).at(-1)).toMatchObject({ status, failure: code && { code } });
    expect(await credits(user)).toBe(before);
    const [last] = await trail(operator);
    expect(last).toMatchObject({ action, target: id, details: { refundCredits: 2 } });
    // A final task is left as it is, and not recorded again.
    await run(mutation, id);
    expect((await trail(operator))[0]).toEqual(last);
  },
);

it('lists tasks by status, provider, user and age', async () => {
  const { id } = await waiting();
  const { email, id: viewer } = await account(user);
  const found = [{ taskId: id, user: { email } }];
  const unfinished = { status: ['PENDING', 'PROCESSING'] };
  expect(await list({ ...unfinished, provider: 'replicate', user: viewer })).toEqual(found);
  expect(await list({ ...unfinished, provider: 'gemini' })).toEqual([]);
  expect(await list({ ...unfinished, createdBefore: '2020-01-01T00:00:00Z' })).toEqual([]);
  expect(await list({ ...unfinished, createdAfter: '2020-01-01T00:00:00Z' })).toEqual(found);
  await run('cancelUserTask', id);
  expect(await list(unfinished)).toEqual([]);
});

it('lets a worker look at a task now, which ends as it would', async () => {
  const { id } = await generate(user, { prompt: 'Dunes sandbox:queued=5' });
  await run('redriveUserTask', id);
  expect((await follow(user, id)).at(-1)?.status).toBe('SUCCESS');
  await run('redriveUserTask', id);
});

it('answers NOT_FOUND for a task that does not exist', async () => {
  for (const mutation of ['cancelUserTask', 'failUserTask', 'redriveUserTask'])
    expect(await operator.refusal(`mutation { ${mutation}(id: "x") { task { taskId } } }`)).toBe(
      'NOT_FOUND id',
    );
});

it('shows the configuration without its secrets', async () => {
  const { settings } = await operator.ask<{ settings: { name: string; value: string | null }[] }>(
    '{ settings { name value } }',
  );
  const values = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  expect(values).toMatchObject({ SIGNUP_CREDITS: '20', DAILY_CREDIT_LIMIT: null, INTROSPECTION: 'on' });
  expect(JSON.stringify(settings)).not.toContain('a secret for tests');
});
