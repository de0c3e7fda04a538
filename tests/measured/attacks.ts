/** What a caller may do to others, each as fast as the server answers. A thread of its own, beside those who are measured. */
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { type Client, type ClientOptions, createClient } from './client.ts';

export interface Attack {
  /** Requests that are under way at once. */
  atOnce: number;
  /** Makes what is sent, once, and resolves with what sends it. */
  prepare(client: Client): Promise<(index: number) => Promise<string>>;
}

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const nested = '{viewer{tasks(first:1){nodes{images{task{images{task{images{url}}}}}}}}}';
const count = (index: number) => `a${index}:tasks(filter:{search:"fog ${index % 10}"}){totalCount}`;
const counts = `{viewer{${many(60, count).join('')}}}`;

async function upload(client: Client) {
  const create = { width: 6_240, height: 6_240, channels: 3, background: 'seagreen' } as const;
  const picture = await sharp({ create }).webp().toBuffer();
  return () => client.upload(picture);
}

export const attacks: Record<string, Attack> = {
  'B1 nested query, 5 at once': { atOnce: 5, prepare: async (client) => () => client.operation(nested) },
  'B2 39-megapixel WebP, 8 at once': { atOnce: 8, prepare: upload },
  'B2 39-megapixel WebP, 60 at once': { atOnce: 60, prepare: upload },
  'B3 60 counts of a search, 5 at once': {
    atOnce: 5,
    prepare: async (client) => () => client.operation(counts),
  },
  'B4 what fails before it runs, 8 at once': {
    atOnce: 8,
    async prepare(client) {
      const part = (index: number) => `--x\r\ncontent-disposition: form-data; name="${index}"\r\n\r\n\r\n`;
      const parts = Buffer.from(`${many(80_000, part).join('')}--x--\r\n`);
      const report = Buffer.alloc(8 * 1024 * 1024 - 1, 'x');
      const signature = () => ({
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
        'webhook-signature': 'v1,aaaa',
      });
      const kinds = [
        () => client.operation('{'),
        () => client.operation(`{ ${'nothing '.repeat(1_000)} }`),
        () => client.send('/graphql', parts, { 'content-type': 'multipart/form-data; boundary=x' }),
        () => client.send('/webhooks/replicate', report, signature()),
      ];
      return (index) => kinds[index % kinds.length]!();
    },
  },
};

/** What the thread is given. Its first message says that it has begun; told to stop, it sends the answers that it got. */
export interface AttackerOptions extends ClientOptions {
  name: string;
}

async function attack({ name, ...options }: AttackerOptions): Promise<void> {
  const { atOnce, prepare } = attacks[name]!;
  const send = await prepare(createClient(options));
  const answers: Record<string, number> = {};
  let isOver = false;
  parentPort!.once('message', () => (isOver = true));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- of a thread, not of a window
  parentPort!.postMessage('ready');
  await Promise.all(
    many(atOnce, async (worker) => {
      for (let index = worker; !isOver; index += 1) {
        const answer = await send(index).catch((error: Error) => error.message);
        answers[answer] = (answers[answer] ?? 0) + 1;
        // Where it is refused at once, the thread would otherwise be busy with nothing else.
        await pause(5);
      }
    }),
  );
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- as above
  parentPort!.postMessage(answers);
}

if (parentPort && workerData) await attack(workerData as AttackerOptions);
