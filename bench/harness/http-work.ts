/** What the works over HTTP share: servers side by side, and the same load for each. */
import type { HttpRequest, HttpResult } from './http-load.ts';
import { type BenchProcess, startProcess } from './process.ts';
import { interleave, ratios, sliceMs } from './rounds.ts';
import { type Goal, type Row, median, percentile } from './verdict.ts';

export interface Subject {
  name: string;
  server: BenchProcess;
  requests: HttpRequest[];
  /** A regular expression that every answer's body must match. */
  expected: string;
  /** Of the product. */
  goal?: Goal;
  /** Sends its own requests: there is no HTTP. */
  isOwnClient?: boolean;
}

interface HttpWork {
  work: string;
  figure: 'cpuMs' | 'rate';
  callers?: number;
  durationMs?: number;
}

/** How much longer a warm-up is: code is compiled after thousands of requests, however few of them fit into a measurement. */
const longer = 5;

/** Loads each subject in turn. The first one is the limit. @throws where an answer is wrong */
export async function compare(
  opened: AsyncDisposableStack,
  { work, figure, callers = 16, durationMs = sliceMs }: HttpWork,
  subjects: readonly Subject[],
): Promise<Row[]> {
  const client = await startProcess(opened, 'bench/harness/http-load.ts');
  const names = subjects.map(({ name }) => name);
  const measured = await interleave(names, async (name, isWarmUp) => {
    const { server, requests, expected, isOwnClient } = subjects.find((subject) => subject.name === name)!;
    const before = await server.call('cpuMs');
    const job = {
      url: server.url,
      callers,
      durationMs: (isWarmUp ? longer : 1) * durationMs,
      requests,
      expected,
    };
    const { latenciesMs, seconds, lost, wrong } = await (isOwnClient ? server : client).call<HttpResult>(
      'run',
      job,
    );
    if (wrong !== undefined) throw new Error(`${name} answered wrongly: ${wrong}`);
    const { length: count } = latenciesMs;
    const cpuMs = ((await server.call('cpuMs')) - before) / count;
    const [p50Ms, p99Ms] = [percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)];
    return { cpuMs, rate: count / seconds, p50Ms, p99Ms, lost };
  });
  const [limit] = names;
  return subjects.map(({ name, goal }) => {
    const middle = (of: 'cpuMs' | 'rate' | 'p50Ms' | 'p99Ms' | 'lost') =>
      median(measured[name]!.map((figures) => figures[of]));
    return {
      work,
      measure: `${figure === 'rate' ? 'rate' : 'CPU a request'}, ${limit} = 1`,
      subject: name,
      values: ratios(measured[name]!, measured[limit!]!, figure),
      ...(goal && { goal }),
      details:
        `${Math.round(middle('rate'))}/s, ${Math.round(middle('cpuMs') * 1000)} µs CPU, ` +
        `p50 ${middle('p50Ms').toFixed(1)} ms, p99 ${middle('p99Ms').toFixed(1)} ms, ${middle('lost')} lost`,
    };
  });
}
