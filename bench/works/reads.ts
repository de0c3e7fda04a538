/** Reads of the caller's own data, by a bearer token: requests a second. */
import { measureHttp, ratioRows, startPeers } from '../harness/http-work.ts';
import { generateDocument, generateVariables, kinds, startProduct } from '../harness/product.ts';
import { pause, startProcess } from '../harness/process.ts';
import { providerEnvironment } from '../harness/provider-environment.ts';
import { sliceMs } from '../harness/rounds.ts';
import type { Row } from '../harness/verdict.ts';

const taskQuery =
  'query ($id: ID!) { task(id: $id) { id version status prompt costCredits images { url width height } } }';
const viewerForm = '^\\{"data":\\{"viewer":\\{"credits":\\d+\\}\\}';
const image = '\\{"url":"http[^"]+","width":64,"height":64\\}';
const taskForm = `^\\{"data":\\{"task":\\{"id":"[^"]+","version":\\d+,"status":"SUCCESS","prompt":"[^"]+","costCredits":\\d+,"images":\\[${image},${image}\\]\\}\\}`;

export async function measureViewer(opened: AsyncDisposableStack): Promise<Row[]> {
  const query = '{ viewer { credits } }';
  const [limit, mercurius, yoga] = await startPeers(opened, { scripts: ['http', 'mercurius', 'yoga'] });
  const peer = { requests: [{ body: JSON.stringify({ query }), token: 'token-0' }], expected: viewerForm };
  const subjects = [{ name: 'http + pg', server: limit!, request: peer }];
  for (const [kind, name] of kinds) {
    const server = await startProduct(opened, { kind });
    const token = await server.signUp();
    const requests = [{ body: JSON.stringify({ query }), token }];
    subjects.push({ name, server, request: { requests, expected: viewerForm } });
  }
  subjects.push({ name: 'mercurius', server: mercurius!, request: peer });
  subjects.push({ name: 'graphql-yoga', server: yoga!, request: peer });
  const measured = await measureHttp(opened, subjects, { callers: 16, durationMs: sliceMs });
  const goal = { bound: 'min', value: 0.95 } as const;
  return ratioRows('viewer', measured, { figure: 'rate', limit: 'http + pg', goal });
}

export async function measureTask(opened: AsyncDisposableStack): Promise<Row[]> {
  const [limit, mercurius, yoga] = await startPeers(opened, { scripts: ['http', 'mercurius', 'yoga'] });
  const provider = await startProcess('bench/harness/provider.ts');
  opened.defer(() => provider.stop());
  const bodyOf = (id: string) => JSON.stringify({ query: taskQuery, variables: { id } });
  const peer = { requests: [{ body: bodyOf('task-0'), token: 'token-0' }], expected: taskForm };
  const subjects = [{ name: 'http + pg', server: limit!, request: peer }];
  for (const [kind, name] of kinds) {
    const server = await startProduct(opened, { kind, env: providerEnvironment(provider.url) });
    const token = await server.signUp();
    type Task = { id: string; status: string };
    const { generateImage } = await server.ask<{ generateImage: { task: Task } }>(
      token,
      generateDocument,
      generateVariables('A red kite over dunes bench:10', 2),
    );
    let { task } = generateImage;
    for (let tries = 0; task.status !== 'SUCCESS' && tries < 300; tries += 1) {
      await pause(100);
      ({ task } = await server.ask<{ task: Task }>(token, taskQuery, { id: task.id }));
    }
    const requests = [{ body: bodyOf(task.id), token }];
    subjects.push({ name, server, request: { requests, expected: taskForm } });
  }
  subjects.push({ name: 'mercurius', server: mercurius!, request: peer });
  subjects.push({ name: 'graphql-yoga', server: yoga!, request: peer });
  const measured = await measureHttp(opened, subjects, { callers: 16, durationMs: sliceMs });
  return ratioRows('task', measured, {
    figure: 'rate',
    limit: 'http + pg',
    goal: { bound: 'min', value: 1 },
  });
}
