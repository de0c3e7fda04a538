/** The files in deploy/ for Prometheus and Grafana, with Prometheus itself scraping a node that works. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, generate, signUp } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

const run = promisify(execFile);
const deploy = path.join(import.meta.dirname, '../deploy');
const token = 'a token of 16 letters and more';

let app: TestApp;
let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
let user: Caller;

/** Prometheus with the configuration of deploy/, which scrapes the address each second. */
async function startPrometheus(target: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-prometheus-'));
  await cp(path.join(deploy, 'prometheus'), folder, { recursive: true });
  await writeFile(path.join(folder, 'metrics-token'), token);
  const file = path.join(folder, 'prometheus.yaml');
  const written = await readFile(file, 'utf8');
  await writeFile(file, written.replaceAll('15s', '1s').replace('127.0.0.1:9400', new URL(target).host));
  await run('promtool', ['check', 'config', file]);
  const server = spawn('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${path.join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:0',
  ]);
  let url = '';
  for await (const line of createInterface(server.stderr)) {
    url = /msg="Listening on" address=(\S+)/.exec(line)?.[1] ?? '';
    if (url !== '') break;
  }
  // What else it writes must not fill the pipe.
  server.stderr.resume();
  return {
    /** The `data` of an answer of its API. */
    async ask<Data>(road: string, parameters: Record<string, string> = {}): Promise<Data> {
      const answer = await fetch(
        `http://${url}/api/v1/${road}?${new URLSearchParams(parameters).toString()}`,
      );
      const { status, data, error } = (await answer.json()) as { status: string; data: Data; error?: string };
      if (status !== 'success') throw new Error(`${parameters['query'] ?? road}: ${error}`);
      return data;
    },
    async stop() {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

beforeAll(async () => {
  app = await startTestApp({ ADMIN_PORT: '0', METRICS_TOKEN: token });
  user = await signUp(app.url);
  prometheus = await startPrometheus(app.adminUrl!);
});
afterAll(async () => {
  await prometheus?.stop();
  await app?.remove();
});

const isNotEmpty = (query: string) => async () =>
  (await prometheus.ask<{ result: unknown[] }>('query', { query })).result.length > 0;

describe('the alert rules', () => {
  it('are valid, and fire in their examples', async () => {
    const cwd = path.join(deploy, 'prometheus');
    const { stdout } = await run('promtool', ['test', 'rules', 'alerts.test.yaml'], { cwd });
    expect(stdout).toContain('SUCCESS');
    const rules = await readFile(path.join(cwd, 'alerts.yaml'), 'utf8');
    const examples = await readFile(path.join(cwd, 'alerts.test.yaml'), 'utf8');
    for (const [, alert] of rules.matchAll(/- alert: (\w+)/g))
      expect(examples).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:\\n`));
  });

  it('are evaluated without an error, and none fires on a healthy node', async () => {
    const read = async () => {
      const { groups } = await prometheus.ask<{
        groups: { rules: { name: string; health: string; state: string }[] }[];
      }>('rules');
      return groups.flatMap(({ rules }) => rules);
    };
    const areEvaluated = async () => (await read()).every(({ health }) => health === 'ok');
    await expect.poll(areEvaluated).toBe(true);
    expect(await read()).not.toEqual([]);
    expect((await read()).filter(({ state }) => state !== 'inactive')).toEqual([]);
  });
});

describe('the metrics', () => {
  it('have the names and help texts that Prometheus expects', async () => {
    const answer = await fetch(`${app.adminUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    // Without those of prom-client, of which promtool dislikes some names.
    const own = (await answer.text()).split('\n').filter((line) => line.includes('proofsheet_'));
    const check = run('promtool', ['check', 'metrics']);
    check.child.stdin?.end(`${own.join('\n')}\n`);
    expect((await check).stderr).toBe('');
  });
});

describe('the dashboard', () => {
  it('has data in every panel', async () => {
    await expect.poll(isNotEmpty('proofsheet_build_info')).toBe(true);
    for (const prompt of ['A kite', 'A kite sandbox:failed']) await generate(user, { prompt });
    const dashboard = JSON.parse(await readFile(path.join(deploy, 'grafana/dashboard.json'), 'utf8')) as {
      panels: { title: string; targets: { expr: string }[] }[];
    };
    for (const { targets } of dashboard.panels)
      for (const { expr } of targets) {
        const query = expr.replaceAll('$job', '.*').replaceAll('$__rate_interval', '1m');
        await expect.poll(isNotEmpty(query), { message: query }).toBe(true);
      }
  });
});
