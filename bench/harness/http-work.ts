/** What the works over HTTP share: servers side by side, and the same load for each. */
import { createDatabase, peerTables } from './database.ts';
import type { HttpJob, HttpResult } from './http-load.ts';
import { type BenchProcess, startProcess } from './process.ts';
import { interleave, ratios } from './rounds.ts';
import { type Goal, type Row, median } from './verdict.ts';

export interface Subject {
  name: string;
  server: BenchProcess;
  request: Pick<HttpJob, 'requests' | 'expected'>;
  /** Sends its own requests: there is no HTTP. */
  isOwnClient?: boolean;
}

type Figures = Record<'cpuMs' | 'rate' | 'p50Ms' | 'p99Ms' | 'lost', number>;

/** Starts peers by the names of their scripts, on one database; `+jit` after a name compiles operations. */
export async function startPeers(
  opened: AsyncDisposableStack,
  {
    scripts,
    env = {},
    hasDatabase = true,
  }: { scripts: string[]; env?: Record<string, string>; hasDatabase?: boolean },
): Promise<BenchProcess[]> {
  const database = hasDatabase ? await createDatabase(peerTables) : undefined;
  if (database) opened.defer(() => database.drop());
  return Promise.all(
    scripts.map(async (script) => {
      const [name, isJit] = script.split('+');
      const server = await startProcess(`bench/peers/${name}.ts`, {
        env: {
          ...(database && { PEER_DATABASE_URL: database.url }),
          ...env,
          ...(isJit && { MERCURIUS_JIT: '1' }),
        },
      });
      opened.defer(() => server.stop());
      return server;
    }),
  );
}

/** Loads each subject in turn. The first one is the limit. @throws where an answer is wrong */
export async function measureHttp(
  opened: AsyncDisposableStack,
  subjects: readonly Subject[],
  { callers, durationMs }: Pick<HttpJob, 'callers' | 'durationMs'>,
): Promise<Record<string, Figures[]>> {
  const client = await startProcess('bench/harness/http-load.ts');
  opened.defer(() => client.stop());
  return interleave(
    subjects.map(({ name }) => name),
    async (name): Promise<Figures> => {
      const { server, request, isOwnClient } = subjects.find((subject) => subject.name === name)!;
      const before = await server.cpuMs();
      const job: HttpJob = { url: server.url, callers, durationMs, ...request };
      const result = await (isOwnClient ? server : client).call<HttpResult>('run', job);
      if (result.wrong) throw new Error(`${name} answered wrongly: ${result.wrong}`);
      const cpuMs = ((await server.cpuMs()) - before) / result.count;
      const { p50Ms, p99Ms, lost } = result;
      return { cpuMs, rate: result.count / result.seconds, p50Ms, p99Ms, lost };
    },
  );
}

/** A row for each subject but the limit; the product's has the goal. */
export function ratioRows(
  work: string,
  measured: Record<string, Figures[]>,
  { figure, limit, goal }: { figure: 'cpuMs' | 'rate'; limit: string; goal: Goal },
): Row[] {
  const measure = figure === 'rate' ? `rate, ${limit} = 1` : `CPU a request, ${limit} = 1`;
  return Object.entries(measured).map(([subject, figures]) => ({
    work,
    measure,
    subject,
    values: ratios(figures, measured[limit]!, figure),
    ...(subject.startsWith('Proofsheet') && { goal }),
    details: describe(figures),
  }));
}

function describe(figures: Figures[]): string {
  const middle = (name: keyof Figures) => median(figures.map((each) => each[name]));
  const lost = figures.reduce((sum, each) => sum + each.lost, 0);
  const micros = Math.round(middle('cpuMs') * 1000);
  return `${Math.round(middle('rate'))}/s, ${micros} µs CPU, p50 ${middle('p50Ms').toFixed(1)} ms, p99 ${middle('p99Ms').toFixed(1)} ms, ${lost} lost`;
}
