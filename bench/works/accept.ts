/** Acceptance of tasks, which takes credits: requests a second by 1, 16 and 64 callers, each a user of its own. */
import { measureHttp, ratioRows, startPeers, type Subject } from '../harness/http-work.ts';
import {
  type DatabaseKind,
  generateDocument,
  generateVariables,
  kinds,
  startProduct,
} from '../harness/product.ts';
import { startProcess } from '../harness/process.ts';
import { providerEnvironment } from '../harness/provider-environment.ts';
import { sliceMs } from '../harness/rounds.ts';
import type { Row } from '../harness/verdict.ts';

const mostCallers = 64;
const goals = { postgres: 0.5, pglite: 0.3 };
const expected = '^\\{"data":\\{"generateImage":\\{"task":\\{"id":"[^"]+","version":1,"status":"PENDING"';

/** The provider does not answer the first submission and the worker sends one at a time: it does nothing meanwhile. */
const quiet = { WORKER_CONCURRENCY: '1' };

export async function measureAccept(opened: AsyncDisposableStack): Promise<Row[]> {
  const body = JSON.stringify({
    query: generateDocument,
    variables: generateVariables('A red kite over dunes bench:hang'),
  });
  const [limit, mercurius] = await startPeers(opened, { scripts: ['statements', 'mercurius'] });
  const provider = await startProcess('bench/harness/provider.ts');
  opened.defer(() => provider.stop());
  const tokensOf = async (kind: DatabaseKind) => {
    const server = await startProduct(opened, {
      kind,
      env: { ...providerEnvironment(provider.url), ...quiet },
    });
    const requests = [];
    for (let caller = 0; caller < mostCallers; caller += 1)
      requests.push({ body, token: await server.signUp() });
    return { server, request: { requests, expected } };
  };
  const peer = Array.from({ length: mostCallers }, (_, caller) => ({ body, token: `token-${caller}` }));
  const subjects: Subject[] = [
    { name: 'pg, one statement', server: limit!, request: { requests: [], expected }, isOwnClient: true },
    { name: 'mercurius', server: mercurius!, request: { requests: peer, expected } },
  ];
  for (const [kind, name] of kinds) subjects.push({ name, ...(await tokensOf(kind)) });
  const rows: Row[] = [];
  for (const callers of [16, 1, mostCallers]) {
    const measured = await measureHttp(opened, subjects, { callers, durationMs: sliceMs });
    const all = ratioRows(`accept ${callers}`, measured, {
      figure: 'rate',
      limit: 'pg, one statement',
      goal: { bound: 'min', value: goals.postgres },
    });
    for (const row of all)
      if (row.subject === 'Proofsheet, PGlite') row.goal = { bound: 'min', value: goals.pglite };
    rows.push(...all);
  }
  return rows;
}
