import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { createLogger } from '../server/lib/logger.ts';
import { localId } from '../server/graphql/global-id.ts';
import { withOperatorConnection } from '../server/commands/connection.ts';
import { createRedisEvents } from '../server/tasks/redis-events.ts';
import { generate, signUp } from './support/api.ts';
import { prepareInstallation } from './support/installation.ts';

const log = { info() {}, warn() {}, error() {} };

it('tells the nodes at once, by Redis, what the command did to a task', async () => {
  const redis = {
    url: process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379',
    prefix: `test-${randomUUID()}`,
  };
  const { variables, remove } = await prepareInstallation({
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
  });
  onTestFinished(remove);
  const config = readConfig(variables);
  const app = await startApp(config, createLogger('fatal'));
  const { id } = await generate(await signUp(app.url), { prompt: 'Dunes sandbox:queued=9999' });
  // No node runs that could publish the change.
  await app.close();
  const events = createRedisEvents({ ...redis, log });
  onTestFinished(() => events.close());
  await expect
    .poll(() =>
      events.check().then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  const changes = events.subscribe({ taskId: localId(id, 'Task')! });
  await withOperatorConnection(config, (execute) =>
    execute('mutation ($id: ID!) { cancelUserTask(id: $id) { task { status } } }', { id }),
  );
  expect((await changes.next()).value).toMatchObject({ status: 'CANCELED' });
});
