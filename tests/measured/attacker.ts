/** A process that loads the server as one user, so that the event loop of the measuring process stays free. */
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { createCaller, type GraphQLAnswer } from '../support/api.ts';

/** The first message to the process; the second ends it, and it answers with the number of each response. */
export interface AttackerOptions {
  attack: keyof typeof attacks;
  url: string;
  token: string;
}

interface Target {
  caller: ReturnType<typeof createCaller>;
  /** Sends any request, and resolves with its status. */
  post(path: string, body: BodyInit, headers: Record<string, string>): Promise<string>;
}

type Send = (index: number) => Promise<string>;

const from = { 'x-forwarded-for': '203.0.113.7' };
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const outcome = ({ errors }: GraphQLAnswer<unknown>): string => errors?.[0]?.extensions.code ?? 'OK';

const nested = '{viewer{tasks(first:1){nodes{images{task{images{task{images{url}}}}}}}}}';
const count = (index: number) => `a${index}:tasks(filter:{search:"fog ${index % 10}"}){totalCount}`;
const counts = `{viewer{${times(60, count).join('')}}}`;

async function uploadLarge({ caller }: Target): Promise<Send> {
  const create = { width: 6_240, height: 6_240, channels: 3, background: 'seagreen' } as const;
  const picture = await sharp({ create }).webp().toBuffer();
  return async () => outcome(await caller.upload(picture));
}

async function sendMalformed({ caller, post }: Target): Promise<Send> {
  const part = (index: number) => `--x\r\ncontent-disposition: form-data; name="${index}"\r\n\r\n\r\n`;
  const parts = Buffer.from(`${times(80_000, part).join('')}--x--\r\n`);
  const webhook = Buffer.alloc(8 * 1024 * 1024 - 1, 'x');
  const signature = () => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
    'webhook-signature': 'v1,aaaa',
  });
  const requests = [
    async () => outcome(await caller.post('{')),
    async () => outcome(await caller.post(`{ ${'nothing '.repeat(1_000)} }`)),
    () => post('/graphql', parts, { 'content-type': 'multipart/form-data; boundary=x' }),
    () => post('/webhooks/replicate', webhook, signature()),
  ];
  return (index) => requests[index % requests.length]!();
}

const query =
  (document: string) =>
  async ({ caller }: Target): Promise<Send> =>
  async () =>
    outcome(await caller.post(document));

/** Each as many requests at a time as `concurrency` says. */
export const attacks = {
  'nested query, 5 at a time': { concurrency: 5, prepare: query(nested) },
  '39-megapixel uploads, 8 at a time': { concurrency: 8, prepare: uploadLarge },
  '39-megapixel uploads, 60 at a time': { concurrency: 60, prepare: uploadLarge },
  '60 search counts, 5 at a time': { concurrency: 5, prepare: query(counts) },
  'malformed requests, 8 at a time': { concurrency: 8, prepare: sendMalformed },
} satisfies Record<string, { concurrency: number; prepare: (target: Target) => Promise<Send> }>;

async function run({ attack, url, token }: AttackerOptions): Promise<void> {
  const { concurrency, prepare } = attacks[attack];
  const caller = createCaller(url, token, from);
  const post: Target['post'] = async (path, body, headers) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...from, ...headers },
      body,
    });
    await answer.arrayBuffer();
    return String(answer.status);
  };
  const send = await prepare({ caller, post });
  const outcomes: Record<string, number> = {};
  let isStopped = false;
  process.once('message', () => (isStopped = true));
  process.send!('started');
  await Promise.all(
    times(concurrency, async (worker) => {
      for (let index = worker; !isStopped; index += 1) {
        const result = await send(index).catch((error: Error) => error.message);
        outcomes[result] = (outcomes[result] ?? 0) + 1;
        // Immediate refusals must not turn this process into the bottleneck.
        await sleep(5);
      }
    }),
  );
  process.send!(outcomes, () => process.disconnect());
}

if (process.argv[1] === import.meta.filename)
  process.once('message', (options) => void run(options as AttackerOptions));
