/** Following a task over what happens to connections. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../tests/chaos/tcp-proxy.ts';
import { createKey } from '../../tests/support/api-keys.ts';
import { signUp } from '../../tests/support/api.ts';
import { reusablePort } from '../../tests/support/reusable-port.ts';
import { startTestApp, type TestApp } from '../../tests/support/start-app.ts';
import { type Client, createClient, type Task, type TaskHandle } from './client.ts';

let app: TestApp;
let proxy: TcpProxy;
let client: Client;
/** WebSocket handshakes that reached the proxy, and whether it cuts them. */
let sockets = 0;
let areSocketsCut = false;

beforeAll(async () => {
  const port = await reusablePort();
  app = await startTestApp({ PORT: String(port), SANDBOX_SPEED: '10' });
  proxy = await startTcpProxy({ host: '127.0.0.1', port }, () => ({
    fromClient(bytes) {
      if (!/upgrade: websocket/i.test(bytes.toString())) return true;
      sockets += 1;
      return areSocketsCut ? 'cut' : true;
    },
  }));
  const { secret } = await createKey(await signUp(app.url));
  client = createClient({ url: `http://127.0.0.1:${proxy.port}`, apiKey: secret });
});
beforeEach(() => {
  sockets = 0;
});
afterAll(async () => {
  await proxy.close();
  await app.remove();
});

/** A task that the provider works on for that long. */
const start = (tenthsOfSeconds: number) =>
  client.generate({
    model: 'black-forest-labs/flux-schnell',
    prompt: `A kite sandbox:plain sandbox:slow=${tenthsOfSeconds}`,
  });

/** Follows the task to its end, which must be SUCCESS, in rising versions. */
async function follow(task: TaskHandle, onState: (state: Task) => unknown = () => {}): Promise<void> {
  const states: Task[] = [];
  for await (const state of task) {
    states.push(state);
    await onState(state);
  }
  const versions = states.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].toSorted((one, other) => one - other));
  expect(states.at(-1)).toMatchObject({ status: 'SUCCESS', images: [{}] });
}

/** The effect, at the first state in which the provider works on the task. */
function onceProcessing(effect: () => unknown): (state: Task) => unknown {
  let isDone = false;
  return async ({ status }) => {
    if (status !== 'PROCESSING' || isDone) return;
    isDone = true;
    await effect();
  };
}

it('subscribes again after its socket was cut', async () => {
  await follow(
    await start(40),
    onceProcessing(() => proxy.cut()),
  );
  expect(sockets).toBe(2);
});

it('continues after a restart of the server', async () => {
  await follow(
    await start(15),
    onceProcessing(async () => {
      app = await app.restart();
    }),
  );
  expect(sockets).toBeGreaterThan(1);
});

it('shares a socket between tasks', async () => {
  const tasks = await Promise.all([start(5), start(5), start(5)]);
  await Promise.all(tasks.map((task) => follow(task)));
  expect(sockets).toBe(1);
});

it('polls where sockets cannot be had, and tries none for each poll', async () => {
  areSocketsCut = true;
  await follow(await start(5));
  areSocketsCut = false;
  expect(sockets).toBe(1);
});
