/** What one user owns, no other can reach: a foreign id answers exactly like a missing one, byte for byte. */
import { randomUUID } from 'node:crypto';
import {
  type GraphQLInputType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../server/schema.ts';
import { type Caller, follow, generate, signUp, type TaskData } from './support/api.ts';
import { closedAddress } from './support/scripted-server.ts';
import { share } from './support/share-links.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';
import { type Operation, type Transport, transports } from './support/transports.ts';
import { createEndpoint, testEndpoint } from './support/webhooks.ts';

/** Every argument and input field of type ID, and every cursor, with an operation that passes `$id` to it. */
const operations: Record<string, { query: string; ofItsOwn?: object }> = {
  'Query.node(id)': { query: `query ($id: ID!) { node(id: $id) { __typename id } }` },
  'Query.nodes(ids)': { query: `query ($id: ID!) { nodes(ids: [$id]) { __typename id } }` },
  'Query.task(id)': { query: 'query ($id: ID!) { task(id: $id) { id status images { url } } }' },
  'Mutation.cancelTask(id)': { query: 'mutation ($id: ID!) { cancelTask(id: $id) { task { id status } } }' },
  'Mutation.deleteTask(id)': { query: 'mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }' },
  'Mutation.deleteImage(id)': { query: 'mutation ($id: ID!) { deleteImage(id: $id) { deletedId } }' },
  'Mutation.setImageFavorite(id)': {
    query: 'mutation ($id: ID!) { setImageFavorite(id: $id, favorite: true) { image { id } } }',
  },
  'Mutation.createShareLink(input.task)': {
    query: 'mutation ($id: ID!) { createShareLink(input: { task: $id }) { shareLink { url } } }',
  },
  'Mutation.createShareLink(input.image)': {
    query:
      'mutation ($id: ID!, $task: ID!) { createShareLink(input: { task: $task, image: $id }) { shareLink { url } } }',
  },
  'Mutation.revokeShareLink(id)': { query: 'mutation ($id: ID!) { revokeShareLink(id: $id) { revokedId } }' },
  'Mutation.revokeApiKey(id)': { query: 'mutation ($id: ID!) { revokeApiKey(id: $id) { revokedId } }' },
  'Mutation.endSession(id)': { query: 'mutation ($id: ID!) { endSession(id: $id) { endedId } }' },
  'Mutation.retryTask(id)': { query: 'mutation ($id: ID!) { retryTask(id: $id) { task { id prompt } } }' },
  'Mutation.generateImage(input.parent)': {
    query: `mutation ($id: ID!) { generateImage(input: {
      model: "google/nano-banana", scene: TEXT_TO_IMAGE, prompt: "Dunes", parent: $id }) { task { id } } }`,
  },
  'Mutation.generateImage(input.referenceImages)': {
    query: `mutation ($id: ID!) { generateImage(input: {
      model: "google/nano-banana", scene: IMAGE_TO_IMAGE, prompt: "Dunes", referenceImages: [$id] }) { task { id } } }`,
  },
  'Mutation.generateImage(input.model)': {
    query: `mutation ($id: ID!) { generateImage(input: { model: $id, scene: TEXT_TO_IMAGE, prompt: "x" }) { task { id } } }`,
  },
  'Subscription.taskUpdated(id)': {
    query: 'subscription ($id: ID!) { taskUpdated(id: $id) { id version status } }',
  },
  'Mutation.updateWebhookEndpoint(input.id)': {
    query:
      'mutation ($id: ID!) { updateWebhookEndpoint(input: { id: $id, enabled: false }) { endpoint { id url } } }',
  },
  'Mutation.rotateWebhookSecret(id)': {
    query: 'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret endpoint { url } } }',
  },
  'Mutation.deleteWebhookEndpoint(id)': {
    query: 'mutation ($id: ID!) { deleteWebhookEndpoint(id: $id) { deletedId } }',
  },
  'Mutation.testWebhookEndpoint(id)': {
    query: 'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivery { id } } }',
  },
  'Mutation.redeliverWebhook(id)': {
    query: 'mutation ($id: ID!) { redeliverWebhook(id: $id) { delivery { id } } }',
  },
  'WebhookEndpoint.deliveries(after)': {
    query:
      'query ($cursor: String) { viewer { webhookEndpoints { deliveries(after: $cursor) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } } }',
  },
  'WebhookEndpoint.deliveries(before)': {
    query:
      'query ($cursor: String) { viewer { webhookEndpoints { deliveries(last: 9, before: $cursor) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } } }',
  },
  // Of operators: refused to others before anything is looked up.
  'Query.user(user)': { query: 'query ($id: ID!) { user(user: $id) { email } }' },
  'Query.users(after)': {
    query: 'query ($cursor: String) { users(after: $cursor) { nodes { id } } }',
  },
  'Query.users(before)': {
    query: 'query ($cursor: String) { users(last: 9, before: $cursor) { nodes { id } } }',
  },
  'Query.operatorActions(user)': {
    query: 'query ($id: ID!) { operatorActions(user: $id) { nodes { id } } }',
  },
  'Query.operatorActions(after)': {
    query: 'query ($cursor: String) { operatorActions(after: $cursor) { nodes { id } } }',
  },
  'Query.operatorActions(before)': {
    query: 'query ($cursor: String) { operatorActions(last: 9, before: $cursor) { nodes { id } } }',
  },
  'Mutation.grantCredits(input.user)': {
    query:
      'mutation ($id: ID!) { grantCredits(input: { user: $id, amount: 1, reason: "x", idempotencyKey: "x" }) { user { credits } } }',
  },
  'Query.userTasks(filter.user)': {
    query: 'query ($id: ID!) { userTasks(filter: { user: $id }) { nodes { taskId } } }',
  },
  'Query.userTasks(after)': {
    query: 'query ($cursor: String) { userTasks(after: $cursor) { nodes { taskId } } }',
  },
  'Query.userTasks(before)': {
    query: 'query ($cursor: String) { userTasks(last: 9, before: $cursor) { nodes { taskId } } }',
  },
  'Mutation.cancelUserTask(id)': {
    query: 'mutation ($id: ID!) { cancelUserTask(id: $id) { task { taskId } } }',
  },
  'Mutation.failUserTask(id)': {
    query: 'mutation ($id: ID!) { failUserTask(id: $id) { task { taskId } } }',
  },
  'Mutation.redriveUserTask(id)': {
    query: 'mutation ($id: ID!) { redriveUserTask(id: $id) { task { taskId } } }',
  },
  'Mutation.disableUser(user)': { query: 'mutation ($id: ID!) { disableUser(user: $id) { user { id } } }' },
  'Mutation.enableUser(user)': { query: 'mutation ($id: ID!) { enableUser(user: $id) { user { id } } }' },
  'Mutation.setUserRole(user)': {
    query: 'mutation ($id: ID!) { setUserRole(user: $id, role: ADMIN) { user { id } } }',
  },
  'Mutation.deleteUser(user)': { query: 'mutation ($id: ID!) { deleteUser(user: $id) { deletedId } }' },
  'Mutation.createPasswordResetLink(user)': {
    query: 'mutation ($id: ID!) { createPasswordResetLink(user: $id) { link } }',
  },
  'Mutation.revokeInvite(id)': { query: 'mutation ($id: ID!) { revokeInvite(id: $id) { revokedId } }' },
  'Query.creditUsage(user)': { query: 'query ($id: ID!) { creditUsage(user: $id) { charged } }' },
  'Query.storedImages(user)': { query: 'query ($id: ID!) { storedImages(user: $id) { bytes } }' },
  'Query.userWebhookEndpoint(id)': {
    query: 'query ($id: ID!) { userWebhookEndpoint(id: $id) { origin } }',
  },
  'Query.userWebhookEndpoints(user)': {
    query: 'query ($id: ID!) { userWebhookEndpoints(user: $id) { nodes { origin } } }',
  },
  'Query.userWebhookEndpoints(after)': {
    query: 'query ($cursor: String) { userWebhookEndpoints(after: $cursor) { nodes { origin } } }',
  },
  'Query.userWebhookEndpoints(before)': {
    query: 'query ($cursor: String) { userWebhookEndpoints(last: 9, before: $cursor) { nodes { origin } } }',
  },
  'Mutation.disableUserWebhookEndpoint(id)': {
    query: 'mutation ($id: ID!) { disableUserWebhookEndpoint(id: $id) { endpoint { origin } } }',
  },
  'Mutation.enableUserWebhookEndpoint(id)': {
    query: 'mutation ($id: ID!) { enableUserWebhookEndpoint(id: $id) { endpoint { origin } } }',
  },
  'Mutation.endSessions(user)': { query: 'mutation ($id: ID!) { endSessions(user: $id) { endedSessions } }' },
  'Viewer.tasks(filter.model)': {
    query: 'query ($id: ID!) { viewer { tasks(filter: { model: $id }) { totalCount nodes { id } } } }',
  },
  'Viewer.tasks(after)': {
    query:
      'query ($cursor: String) { viewer { tasks(after: $cursor) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }',
  },
  'Viewer.tasks(before)': {
    query:
      'query ($cursor: String) { viewer { tasks(last: 9, before: $cursor) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }',
  },
  'Viewer.images(after)': {
    query:
      'query ($cursor: String) { viewer { images(after: $cursor) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }',
  },
  'Viewer.images(before)': {
    query:
      'query ($cursor: String) { viewer { images(last: 9, before: $cursor) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }',
  },
  'Viewer.creditEntries(after)': {
    query:
      'query ($cursor: String) { viewer { creditEntries(after: $cursor) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }',
  },
  'Viewer.creditEntries(before)': {
    query:
      'query ($cursor: String) { viewer { creditEntries(last: 9, before: $cursor) { nodes { id } pageInfo { hasNextPage hasPreviousPage } } } }',
  },
};

it('knows every way to name something by id', () => {
  const ways = Object.values(schema.getTypeMap())
    .filter((type) => (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__'))
    .flatMap((type) =>
      Object.values(isObjectType(type) || isInterfaceType(type) ? type.getFields() : {}).map((field) => ({
        type,
        field,
      })),
    )
    .flatMap(({ type, field }) =>
      field.args.flatMap((arg) =>
        idPaths(arg.name, arg.type).map((path) => `${type.name}.${field.name}(${path})`),
      ),
    );
  expect(ways.toSorted()).toEqual(Object.keys(operations).toSorted());
});

/** The paths under an argument at which an id or a cursor is given. */
function idPaths(path: string, type: GraphQLInputType): string[] {
  const named = getNamedType(type);
  if (named.name === 'ID' || /^(after|before)$/.test(path)) return [path];
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap((field) => idPaths(`${path}.${field.name}`, field.type));
}

let app: TestApp;
let caller: Caller;
let stranger: Caller;
let strangersTask: TaskData;
/** Of the caller's own. */
let ownTask: string;
/** By what it names: ids and cursors of the stranger's. */
const foreign: Record<'ids' | 'cursors', Record<string, string>> = { ids: {}, cursors: {} };

beforeAll(async () => {
  const closed = await closedAddress();
  app = await startTestApp({
    OPERATIONS_PER_MINUTE: '100000',
    WEBHOOK_ORIGINS: closed,
    // One task runs until the last test, however long those before it take.
    TASK_TIMEOUT_MS: '3600000',
  });
  [caller, stranger] = await Promise.all([signUp(app.url), signUp(app.url)]);
  // The stranger's rows lie between the caller's own, so that a cursor that is followed would show: it skips one row.
  for (let made = 0; made < 2; made += 1)
    ownTask = (await follow(caller, (await generate(caller)).id)).at(-1)!.id;
  strangersTask = (await follow(stranger, (await generate(stranger)).id)).at(-1)!;
  const running = await generate(stranger, { prompt: 'Dunes sandbox:queued=999999' });
  const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'navy' } })
    .png()
    .toBuffer();
  const upload = (await stranger.upload(picture)).data!.uploadImage.image;
  for (let made = 0; made < 2; made += 1) await follow(caller, (await generate(caller)).id);
  const { createApiKey } = await stranger.ask<{ createApiKey: { apiKey: { id: string } } }>(
    'mutation { createApiKey(input: { name: "Test" }) { apiKey { id } } }',
  );
  await testEndpoint(caller, (await createEndpoint(caller, closed)).id);
  const endpoint = await createEndpoint(stranger, closed);
  const delivery = await testEndpoint(stranger, endpoint.id);
  const { viewer } = await stranger.ask<{
    viewer: { id: string } & Record<
      'tasks' | 'creditEntries' | 'images',
      { edges: { cursor: string; node: { id: string } }[] }
    > & { sessions: { id: string }[]; webhookEndpoints: { deliveries: { edges: { cursor: string }[] } }[] };
  }>(
    '{ viewer { id sessions { id } tasks { edges { cursor node { id } } } creditEntries { edges { cursor node { id } } } images { edges { cursor node { id } } } webhookEndpoints { deliveries { edges { cursor } } } } }',
  );
  foreign.ids = {
    'a task that has ended': strangersTask.id,
    'a task that runs': running.id,
    'an upload': upload.id,
    'a result': strangersTask.images[0]!.id,
    'a line of the ledger': viewer.creditEntries.edges[0]!.node.id,
    'the account': viewer.id,
    'the account, as operators see it': Buffer.from(
      Buffer.from(viewer.id, 'base64').toString().replace('Viewer:', 'User:'),
    ).toString('base64'),
    'a webhook endpoint': endpoint.id,
    'a webhook delivery': delivery,
    'an API key': createApiKey.apiKey.id,
    'a session': viewer.sessions[0]!.id,
    'a share link': (await share(stranger, { task: strangersTask.id })).id,
  };
  foreign.cursors = {
    'a task': viewer.tasks.edges[0]!.cursor,
    'a line of the ledger': viewer.creditEntries.edges[0]!.cursor,
    'an image': viewer.images.edges[0]!.cursor,
    'a webhook delivery': viewer.webhookEndpoints[0]!.deliveries.edges[0]!.cursor,
  };
});
afterAll(() => app?.remove());

/** The same id or cursor, but of a row that there is not. */
function missing(id: string): string {
  const text = Buffer.from(id, 'base64').toString();
  const other = text.replace(/[0-9a-f]{12}$/, () => randomUUID().slice(-12));
  if (other === text) throw new Error(`${text} ends in no UUID`);
  return Buffer.from(other).toString('base64');
}

/** On a server, where this runs a second time, one: the transports end before the database. */
const tried: Transport[] = process.env['TEST_DATABASE_URL']
  ? ['HTTP']
  : (Object.keys(transports) as Transport[]);

describe.each(tried)('over %s', (transport) => {
  const ask = async (operation: Operation, id: string) => {
    const answer = await transports[transport](app.url, operation, {
      authorization: `Bearer ${caller.token}`,
    });
    const text = answer.text
      // Comments keep a stream open; how many there are is a matter of time, as is what is left of the minute.
      .replaceAll(/^:\n\n/gm, '')
      .replaceAll(/"remaining":\d+,"resetAt":"[^"]*"/g, '')
      .replaceAll(id, '<id>');
    return { ...answer, text };
  };

  it.each(Object.entries(operations))("%s answers for the stranger's as for none", async (_, { query }) => {
    const name = query.includes('$cursor') ? 'cursor' : 'id';
    for (const [what, id] of Object.entries(foreign[`${name}s`])) {
      const none = missing(id);
      const others = query.includes('$task') ? { task: ownTask } : {};
      const answer = await ask({ query, variables: { ...others, [name]: id } }, id);
      expect({ what, ...answer }).toEqual({
        what,
        ...(await ask({ query, variables: { ...others, [name]: none } }, none)),
      });
      expect(answer.text).not.toContain('INTERNAL');
    }
  });
});

it("leaves the stranger's things as they were", async () => {
  const { running, ended, viewer } = await stranger.ask<Record<'running' | 'ended' | 'viewer', object>>(
    `query ($running: ID!, $ended: ID!) {
      running: task(id: $running) { status } ended: task(id: $ended) { status images { id } } viewer { apiKeys { name } shareLinks { url } } }`,
    { running: foreign.ids['a task that runs'], ended: strangersTask.id },
  );
  expect({ running, ended, viewer }).toMatchObject({
    running: { status: expect.stringMatching(/^(PENDING|PROCESSING)$/) },
    ended: { status: 'SUCCESS', images: [{}] },
    viewer: { apiKeys: [{ name: 'Test' }], shareLinks: [{}] },
  });
});

it("takes an idempotency key of the stranger's for the caller's own", async () => {
  const [his, mine] = [
    await generate(stranger, { idempotencyKey: 'k' }),
    await generate(caller, { idempotencyKey: 'k' }),
  ];
  expect(mine.id).not.toBe(his.id);
});

it.each(['url', 'downloadUrl', 'thumbnailUrl'] as const)(
  '%s: a signature opens its own file only',
  async (field) => {
    const own = (await follow(caller, (await generate(caller)).id)).at(-1)!.images[0]![field];
    const address = (other: string) => {
      const url = new URL(own);
      url.pathname = new URL(other).pathname;
      return url;
    };
    const theirs = strangersTask.images[0]![field];
    const read = async (url: URL) => {
      const answer = await fetch(url);
      const { date: _, 'x-request-id': __, ...headers } = Object.fromEntries(answer.headers);
      return { status: answer.status, headers, body: await answer.text() };
    };
    const answer = await read(address(theirs));
    expect(answer.status).toBe(403);
    expect(answer).toEqual(await read(address(theirs.replace(/[0-9a-f]{12}(?=\.\w+\?)/, '0123456789ab'))));
  },
);

it("ends no session of the stranger's", async () => {
  const revoke = async (token: string) => {
    const answer = await fetch(`${app.url}/api/auth/revoke-session`, {
      method: 'POST',
      headers: { authorization: `Bearer ${caller.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    return { status: answer.status, body: await answer.text() };
  };
  expect(await revoke(stranger.token!)).toEqual(await revoke('a'.repeat(stranger.token!.length)));
  expect(await stranger.ask('{ viewer { name } }')).toEqual({ viewer: { name: 'Tester' } });
});
