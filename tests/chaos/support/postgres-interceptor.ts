/** Reads the PostgreSQL protocol as it passes: https://www.postgresql.org/docs/current/protocol-message-formats.html */
import type { Interceptor } from '../tcp-proxy.ts';

export interface StatementSeen {
  sql: string;
  /** `sent`: it has not reached the server. `answered`: it is done, and its sender does not know. */
  phase: 'sent' | 'answered';
  /** Rows it changed or returned; 0 while it is `sent`. */
  rows: number;
}

/** Called with every statement; false swallows it, or its answer, and cuts the connection off. */
export type StatementWatch = (statement: StatementSeen) => boolean;

export function createStatementInterceptor(watch: StatementWatch): Interceptor {
  const prepared = new Map<string, string>();
  /** What was asked and is not answered, in order; the first answer belongs to the greeting. */
  const waiting: string[] = [];
  let current = '';
  let rows = 0;

  const readFrontend = createFrameReader({ hasGreeting: true }, (type, body) => {
    if (type === 'P') {
      const [name = '', sql = ''] = texts(body);
      prepared.set(name, sql);
    }
    if (type === 'B') current = prepared.get(texts(body)[1] ?? '') ?? '';
    if (type === 'Q') current = texts(body)[0] ?? '';
    if (type !== 'Q' && type !== 'S') return true;
    waiting.push(current);
    return watch({ sql: current, phase: 'sent', rows: 0 });
  });
  const readBackend = createFrameReader({ hasGreeting: false }, (type, body) => {
    if (type === 'C') rows = Number(/\d+$/.exec(texts(body)[0] ?? '')?.[0] ?? 0);
    if (type !== 'Z') return true;
    const sql = waiting.shift();
    return sql === undefined || watch({ sql, phase: 'answered', rows });
  });
  return { fromClient: readFrontend, fromServer: readBackend };
}

/** Calls for each whole message; a message may come in parts, or several at once. */
function createFrameReader(
  { hasGreeting }: { hasGreeting: boolean },
  onMessage: (type: string, body: Buffer) => boolean,
) {
  let rest = Buffer.alloc(0);
  let isGreeted = !hasGreeting;
  return (bytes: Buffer): boolean => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      const start = isGreeted ? 1 : 0;
      if (rest.length < start + 4) return true;
      const end = start + rest.readInt32BE(start);
      if (rest.length < end) return true;
      const body = rest.subarray(start + 4, end);
      const type = isGreeted ? String.fromCharCode(rest[0]!) : '';
      isGreeted = true;
      rest = rest.subarray(end);
      if (!onMessage(type, body)) return false;
    }
  };
}

/** The first strings of a message, each of which ends with a zero byte. */
function texts(body: Buffer): string[] {
  return body.toString('utf8').split('\0', 2);
}
