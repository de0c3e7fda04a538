/** The history of a user with 100,000 tasks: a page, a page with the count, and a search with the count. */
import { startProcess, pause } from '../harness/process.ts';
import {
  copyRows,
  copyTasks,
  generateDocument,
  generateVariables,
  localId,
  startProduct,
} from '../harness/product.ts';
import { providerEnvironment } from '../harness/provider-environment.ts';
import { interleave } from '../harness/rounds.ts';
import { median, type Row } from '../harness/verdict.ts';

const tasks = Number(process.env['BENCH_HISTORY'] ?? 100_000);
const requests = 12;
const page = `nodes { id version status prompt costCredits createdAt completedAt model { name }
  progress { percent } images { id url thumbnailUrl thumbhash width height } }`;
/** By the name of the measure: the query, and its goal in milliseconds. */
const queries = {
  page: [`{ viewer { tasks(first: 20) { ${page} pageInfo { endCursor } } } }`, 12],
  'page with count': [`{ viewer { tasks(first: 20) { totalCount ${page} } } }`, 25],
  'search with count': [
    `{ viewer { tasks(first: 20, filter: {search: "fog 7"}) { totalCount ${page} } } }`,
    40,
  ],
} as const;

export async function measureHistory(opened: AsyncDisposableStack): Promise<Row[]> {
  const provider = await startProcess('bench/harness/provider.ts');
  opened.defer(() => provider.stop());
  const product = await startProduct(opened, { kind: 'postgres', env: providerEnvironment(provider.url) });
  const database = product.database!;
  const token = await product.signUp();
  type Data = { generateImage: { task: { id: string } } };
  const variables = generateVariables('A harbour in fog bench:10');
  const { generateImage } = await product.ask<Data>(token, generateDocument, variables);
  const id = localId(generateImage.task.id);
  const isDone = `SELECT 1 FROM "Task" WHERE "id" = $1 AND "status" = 'SUCCESS'`;
  while ((await database.query(isDone, [id])).length === 0) await pause(100);
  // Without its images' files: a page shows addresses only.
  const copy = `left('${id}', 24) || lpad(to_hex(n), 12, '0')`;
  const prompt = `'A harbour in fog ' || n % 100 || ' ' || md5(n::text)`;
  await copyTasks(database, id, tasks, `'prompt', ${prompt}`);
  const image = `jsonb_build_object('id', ${copy}, 'taskId', ${copy}, 'storageKey', 'images/' || n,
    'thumbnailKey', 'thumbnails/' || n)`;
  await copyRows(database, 'Image', `"taskId" = '${id}'`, tasks, image);
  const search = `jsonb_build_object('taskId', ${copy}, 'text', lower(${prompt}))`;
  await copyRows(database, 'TaskSearch', `"taskId" = '${id}'`, tasks, search);
  await database.query('VACUUM ANALYZE');

  const names = Object.keys(queries) as (keyof typeof queries)[];
  const measured = await interleave(names, async (name) => {
    const latenciesMs: number[] = [];
    for (let request = 0; request < requests; request += 1) {
      const startedAt = performance.now();
      const { viewer } = await product.ask<{ viewer: { tasks: { nodes: object[] } } }>(
        token,
        queries[name][0],
      );
      latenciesMs.push(performance.now() - startedAt);
      if (viewer.tasks.nodes.length !== Math.min(20, tasks)) throw new Error(`${name} has too few tasks`);
    }
    return { p50Ms: median(latenciesMs) };
  });
  return names.map((name) => ({
    work: 'history',
    measure: `${name}, p50 ms, ${tasks} tasks`,
    subject: 'Proofsheet',
    values: measured[name].map(({ p50Ms }) => p50Ms),
    goal: { bound: 'max', value: queries[name][1] },
  }));
}
