/** The files of deploy/ for nginx, HAProxy and Caddy, each before the same three nodes on PostgreSQL, Redis and a bucket. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLoad } from './chaos/support/api-client.ts';
import { type Cluster, startCluster } from './chaos/support/cluster.ts';
import { createCaller, follow, generate, generateVariables, signUp } from './support/api.ts';
import { type Balancer, balancerNames, startBalancer } from './support/balancers.ts';
import { drawPhoto } from './support/pictures.ts';
import { transports } from './support/transports.ts';

const signUpsPerNetwork = 4;

let cluster: Cluster;
let balancers: { name: string; balancer: Balancer }[];
let token: string;

beforeAll(async () => {
  cluster = await startCluster({
    nodes: 3,
    env: { TRUSTED_PROXIES: '1', SIGNUPS_PER_ADDRESS_PER_DAY: String(signUpsPerNetwork) },
  });
  const nodes = cluster.nodes.map(({ url }) => new URL(url).host);
  balancers = await Promise.all(
    balancerNames.map(async (name) => ({ name, balancer: await startBalancer(name, nodes) })),
  );
  token = (await signUp(cluster.nodes[0]!.url)).token!;
});

afterAll(async () => {
  await Promise.all((balancers ?? []).map(({ balancer }) => balancer.stop()));
  await cluster?.remove();
});

interface Sent {
  method: string;
  headers: Record<string, string>;
  body?: string;
  agent?: Agent;
  localAddress?: string;
}

function send(url: string, { body, ...options }: Sent): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      text(response).then((text) => resolve({ status: response.statusCode!, text }), reject);
    });
    sent.on('error', reject).end(body);
  });
}

const json = { 'content-type': 'application/json' };
const subscription = 'subscription ($id: ID) { taskUpdated(id: $id) { status } }';

describe.each(balancerNames)('%s', (name) => {
  const url = () => balancers.find((each) => each.name === name)!.balancer.url;

  it('serves the page, and not the metrics', async () => {
    const page = await fetch(url());
    expect(page.headers.get('content-encoding')).toMatch(/^(br|gzip)$/);
    expect(await page.text()).toContain('<title>Proofsheet');
    for (const path of ['/metrics', '/metrics/', '/metrics/x'])
      expect((await fetch(`${url()}${path}`)).status).toBe(404);
  });

  it('passes events on as they come, over WebSocket and as a stream', async () => {
    const caller = createCaller(url(), token);
    const { id } = await generate(caller, { prompt: `${name} sandbox:slow=40` });
    const [first] = await Promise.all([
      transports.SSE(url(), { query: subscription, variables: { id } }, { authorization: `Bearer ${token}` }),
      follow(caller, id).then((states) => expect(states.at(-1)?.status).toBe('SUCCESS')),
    ]);
    // What waits in a buffer comes with the end of the stream.
    expect(first.text).toMatch(/"status":"(PENDING|PROCESSING)"/);
    expect(first.text).not.toContain('SUCCESS');
  });

  it('takes an upload of the largest size', async () => {
    const photo = await (await drawPhoto(1_600, 1_000)).png({ compressionLevel: 0 }).toBuffer();
    expect(photo.length).toBeGreaterThan(4_500_000);
    expect(await createCaller(url(), token).upload(photo)).toMatchObject({
      data: { uploadImage: { image: { width: 1_600 } } },
    });
  });

  // Turns red where limits count the balancer, or what a client claims of itself.
  it('tells the nodes the address of the client', async () => {
    const index = balancerNames.indexOf(name) + 1;
    const signUpFrom = async (localAddress: string) => {
      const body = {
        name: 'Tester',
        email: `${randomUUID()}@example.test`,
        password: 'correct horse battery',
      };
      const headers = { ...json, 'x-forwarded-for': `10.${index}.${Math.floor(Math.random() * 250)}.1` };
      const sent = { method: 'POST', headers, body: JSON.stringify(body), localAddress };
      return (await send(`${url()}/api/auth/sign-up/email`, sent)).status;
    };
    const statuses: number[] = [];
    for (let count = 0; count <= signUpsPerNetwork; count += 1)
      statuses.push(await signUpFrom(`127.1.${index}.${count + 1}`));
    expect(statuses).toEqual([...Array.from({ length: signUpsPerNetwork }, () => 200), 429]);
    expect(await signUpFrom(`127.2.${index}.1`)).toBe(200);
  });
});

it('loses no request while the nodes are restarted in turn', { timeout: 180_000 }, async () => {
  const document = 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';
  const failures: string[] = [];
  let sent = 0;
  const loads = balancers.map(({ name, balancer }) => {
    // A reload of nginx closes idle client connections, and a client may send a request before it notices.
    const agent = new Agent({ keepAlive: name !== 'nginx' });
    const load = startLoad(100, async (index) => {
      sent += 1;
      const isTask = index % 20 === 0;
      const variables = generateVariables({ prompt: `${name} ${index}`, idempotencyKey: `${name} ${index}` });
      const body = JSON.stringify(
        isTask ? { query: document, variables } : { query: '{ viewer { credits } }' },
      );
      const headers = { ...json, authorization: `Bearer ${token}` };
      const answer = await send(`${balancer.url}/graphql`, { method: 'POST', headers, body, agent }).catch(
        (error: Error) => ({ status: 0, text: String(error) }),
      );
      if (answer.status !== 200 || answer.text.includes('"errors"'))
        failures.push(`${name}: ${answer.status} ${answer.text}`);
      return name;
    });
    return { agent, load };
  });
  const stops: { code: number | null; ms: number }[] = [];
  for (const node of cluster.nodes) {
    const others = cluster.nodes.filter((other) => other !== node).map(({ url }) => new URL(url).host);
    await Promise.all(balancers.map(({ balancer }) => balancer.use(others)));
    const startedAtMs = Date.now();
    const code = await node.end('SIGTERM');
    stops.push({ code, ms: Date.now() - startedAtMs });
    await node.start();
    const all = cluster.nodes.map(({ url }) => new URL(url).host);
    await Promise.all(balancers.map(({ balancer }) => balancer.use(all)));
  }
  for (const { load, agent } of loads) {
    await load.stop();
    agent.destroy();
  }
  await cluster.settled(60_000);
  console.log(
    `${sent} requests, ${failures.length} lost; stops took ${stops.map(({ ms }) => ms).join(', ')} ms`,
  );
  expect(failures).toEqual([]);
  expect(stops.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(sent).toBeGreaterThan(200);
  expect(await cluster.audit()).toEqual([]);
  expect(cluster.provider.mostCreations()).toBe(1);
});
