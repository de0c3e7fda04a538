/** The history of a user with 100,000 tasks: a page, a page with the count, and a search with the count. */
import { copyId, copyRows, copyTasks } from '../harness/database.ts';
import { until } from '../harness/process.ts';
import { localId, startProduct, startProvider } from '../harness/product.ts';
import { interleave } from '../harness/rounds.ts';
import type { Scope } from '../harness/scope.ts';
import { atMost, median, productRow, type Row } from '../harness/verdict.ts';

const tasks = Number(process.env['BENCH_HISTORY'] ?? 100_000);
const requests = 12;
const page = `nodes { id version status prompt costCredits createdAt completedAt model { name }
  progress { percent } images { id url thumbnailUrl thumbhash width height } }`;
/** By the name of the measure: the query, and its goal in milliseconds. */
const queries: Record<string, [string, number]> = {
  page: [`{ viewer { tasks(first: 20) { ${page} pageInfo { endCursor } } } }`, 12],
  'page with count': [`{ viewer { tasks(first: 20) { totalCount ${page} } } }`, 25],
  'search with count': [
    `{ viewer { tasks(first: 20, filter: {search: "fog 7"}) { totalCount ${page} } } }`,
    40,
  ],
};

export async function measureHistory({ opened }: Scope): Promise<Row[]> {
  const provider = await startProvider(opened);
  const product = await startProduct(opened, { kind: 'postgres', provider });
  const database = product.database!;
  const token = await product.signUp();
  const id = localId((await product.generate(token, 'A harbour in fog bench:10')).id);
  const isDone = `SELECT 1 FROM "Task" WHERE "id" = $1 AND "status" = 'SUCCESS'`;
  await until(async () => (await database.query(isDone, [id]))[0]);
  // Without its images' files: a page shows addresses only.
  const prompt = `'A harbour in fog ' || n % 100 || ' ' || md5(n::text)`;
  const image = `'id', ${copyId(id)}, 'taskId', ${copyId(id)}, 'storageKey', 'images/' || n,
    'thumbnailKey', 'thumbnails/' || n`;
  const search = `'taskId', ${copyId(id)}, 'text', lower(${prompt})`;
  await Promise.all([
    copyTasks(database, id, [1, tasks], `'prompt', ${prompt}`),
    copyRows(database, ['Image', `"taskId" = '${id}'`], [1, tasks], image),
    copyRows(database, ['TaskSearch', `"taskId" = '${id}'`], [1, tasks], search),
  ]);
  await database.query('VACUUM ANALYZE');

  const measured = await interleave(Object.keys(queries), async (name) => {
    const latenciesMs: number[] = [];
    for (let request = 0; request < requests; request += 1) {
      const startedAt = performance.now();
      type Data = { viewer: { tasks: { nodes: object[] } } };
      const { viewer } = await product.ask<Data>(token, queries[name]![0]);
      latenciesMs.push(performance.now() - startedAt);
      if (viewer.tasks.nodes.length !== Math.min(20, tasks)) throw new Error(`${name} has too few tasks`);
    }
    return { p50Ms: median(latenciesMs) };
  });
  return Object.entries(queries).map(([name, [, most]]) => {
    const values = measured[name]!.map(({ p50Ms }) => p50Ms);
    return productRow('history', `${name}, p50 ms, ${tasks} tasks`, values, { goal: atMost(most) });
  });
}
