/** What operators scrape: figures of the process and of the installation, from the first scrape on. */
import { afterEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './support/start-app.ts';
import { generateVariables, signUp } from './support/api.ts';

let app: TestApp;
afterEach(() => app?.remove());

const token = 'a token of 16 letters and more';

/** The value of each series, by its name with labels. */
async function scrape(url: string, headers: Record<string, string> = {}): Promise<Record<string, number>> {
  const answer = await fetch(`${url}/metrics`, { headers });
  expect(answer.status).toBe(200);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

const generate = 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';

describe('the metrics', () => {
  it('begin at 0, and count a task with its credits, requests and provider', async () => {
    app = await startTestApp();
    const model = 'model="black-forest-labs/flux-schnell"';
    expect(await scrape(app.url)).toMatchObject({
      [`proofsheet_tasks_accepted_total{${model}}`]: 0,
      [`proofsheet_tasks_ended_total{${model},status="SUCCESS",failure=""}`]: 0,
      [`proofsheet_task_duration_seconds_count{${model},status="FAILED"}`]: 0,
      'proofsheet_credits_total{kind="CHARGE"}': 0,
      'proofsheet_credits_total{kind="GRANT"}': 0,
      'proofsheet_credits_total{kind="ADJUSTMENT"}': 0,
      'proofsheet_tasks_unfinished{provider="gemini",status="PENDING"}': 0,
      proofsheet_queue_due_tasks: 0,
      proofsheet_queue_oldest_due_seconds: 0,
      proofsheet_upstream_cancels_waiting: 0,
      proofsheet_webhook_deliveries_waiting: 0,
      'proofsheet_component_up{component="database"}': 1,
      'proofsheet_graphql_errors_total{code="INTERNAL"}': 0,
    });
    const user = await signUp(app.url);
    expect(await user.refusal(generate, generateVariables({ prompt: '' }))).toBe('INVALID_INPUT prompt');
    expect(await user.refusal('{ nothing }')).toBe('INVALID_INPUT');
    await user.ask(generate, generateVariables());
    await user.ask(generate, generateVariables({ prompt: 'A kite sandbox:blocked' }));
    await expect
      .poll(() => scrape(app.url))
      .toMatchObject({
        [`proofsheet_tasks_accepted_total{${model}}`]: 2,
        [`proofsheet_tasks_ended_total{${model},status="SUCCESS",failure=""}`]: 1,
        'proofsheet_credits_total{kind="CHARGE"}': 4,
        'proofsheet_credits_total{kind="REFUND"}': 2,
        'proofsheet_credits_total{kind="GRANT"}': 20,
        'proofsheet_graphql_operation_seconds_count{type="mutation",field="generateImage"}': 3,
        'proofsheet_http_request_seconds_count{method="POST",route="/graphql",status="200"}': 4,
        'proofsheet_graphql_errors_total{code="INVALID_INPUT"}': 2,
        'proofsheet_http_request_seconds_count{method="POST",route="/api",status="200"}': 1,
      });
  });

  it('name operations by their root fields, and never as clients do', async () => {
    app = await startTestApp();
    const user = await signUp(app.url);
    await user.ask('query Mine { ...account } fragment account on Query { viewer { id } }');
    await user.ask('query A { ... on Query { x1: viewer { id } x2: viewer { id } } }');
    await user.ask('query B { viewer { id } models { name } }');
    const operations = Object.entries(await scrape(app.url)).filter(([name]) =>
      name.startsWith('proofsheet_graphql_operation_seconds_count'),
    );
    expect(Object.fromEntries(operations)).toEqual({
      'proofsheet_graphql_operation_seconds_count{type="query",field="viewer"}': 2,
      'proofsheet_graphql_operation_seconds_count{type="query",field="several"}': 1,
    });
  });

  it('are served with the health checks on a port of their own, and there only with the token', async () => {
    app = await startTestApp({ ADMIN_PORT: '0', METRICS_TOKEN: token });
    const adminUrl = app.adminUrl!;
    expect((await fetch(`${app.url}/metrics`)).status).toBe(404);
    for (const path of ['/healthz', '/readyz'])
      for (const url of [app.url, adminUrl]) expect((await fetch(url + path)).status).toBe(200);
    for (const path of ['/', '/graphql', '/api/auth/get-session'])
      expect((await fetch(adminUrl + path)).status).toBe(404);
    for (const authorization of ['', 'Bearer ', `Bearer ${token}x`, `Basic ${token}`]) {
      const refused = await fetch(`${adminUrl}/metrics`, { headers: { authorization } });
      expect(refused.status).toBe(401);
      expect(await refused.text()).not.toContain('proofsheet_');
    }
    const figures = await scrape(adminUrl, { authorization: `Bearer ${token}` });
    expect(Object.keys(figures)).toContainEqual(expect.stringMatching(/^proofsheet_build_info\{version="/));
  });
});
