/** A query without a database: CPU time a request. */
import { measureHttp, ratioRows, startPeers } from '../harness/http-work.ts';
import { kinds, type Product, startProduct } from '../harness/product.ts';
import { sliceMs } from '../harness/rounds.ts';
import type { Row } from '../harness/verdict.ts';

const query = '{ models { name label } }';
const peers = { mercurius: 'mercurius', 'mercurius, JIT': 'mercurius+jit', 'graphql-yoga': 'yoga' };

/** Without the peers where BENCH_PEERS is `off`: they need packages of their own. */
export async function measureQuery(opened: AsyncDisposableStack): Promise<Row[]> {
  const products: [string, Product][] = [];
  for (const [kind, name] of kinds) products.push([name, await startProduct(opened, { kind })]);
  const { models } = await products[0]![1].ask<{ models: object[] }>(undefined, query);
  const scripts = { 'node:http': 'http', ...(process.env['BENCH_PEERS'] !== 'off' && peers) };
  const servers = await startPeers(opened, {
    scripts: Object.values(scripts),
    env: { MODELS: JSON.stringify(models) },
    hasDatabase: false,
  });
  const answer = JSON.stringify({ data: { models } }).slice(0, -1);
  const expected = `^${answer.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`;
  const request = { requests: [{ body: JSON.stringify({ query }) }], expected };
  const subjects = [
    ...Object.keys(scripts).map((name, index) => ({ name, server: servers[index]!, request })),
    ...products.map(([name, server]) => ({ name, server, request })),
  ];
  const measured = await measureHttp(opened, subjects, { callers: 16, durationMs: sliceMs });
  return ratioRows('query', measured, {
    figure: 'cpuMs',
    limit: 'node:http',
    goal: { bound: 'max', value: 2 },
  });
}
