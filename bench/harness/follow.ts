/** A client that makes tasks and receives their updates, and what each waited after its provider's end. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type BenchProcess, pause } from './process.ts';
import { generateDocument, generateVariables, type Product } from './product.ts';

interface Prediction {
  prompt: string;
  createdAtMs: number;
  endedAtMs?: number;
}

export interface FollowedTasks {
  /** Milliseconds from the provider's end to the client, of each task. */
  delaysMs: number[];
  /** Tasks whose end the client did not receive. */
  lost: number;
}

const document = 'subscription { taskUpdated { id status prompt } }';
const atOnce = 16;
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** Follows all tasks of a user. */
export async function followTasks(opened: AsyncDisposableStack, product: Product, provider: BenchProcess) {
  await provider.call('sendTo', product.url);
  const token = await product.signUp();
  const endedAtMs = new Map<string, number>();
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  opened.defer(() => socket.terminate());
  const acknowledged = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data)) as {
      type: string;
      payload?: { data?: { taskUpdated: { status: string; prompt: string } } };
    };
    if (type === 'connection_ack') acknowledged.resolve();
    const task = payload?.data?.taskUpdated;
    if (task?.status === 'SUCCESS') endedAtMs.set(task.prompt, nowMs());
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await acknowledged.promise;
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: document } }));

  /** Repeats a refused request, under its idempotency key: a loaded database may be busy. */
  async function generate(prompt: string, repeats = 10): Promise<void> {
    const { input } = generateVariables(prompt);
    const request = product.ask(token, generateDocument, { input: { ...input, idempotencyKey: prompt } });
    await request.catch(async (error: unknown) => {
      if (repeats === 0) throw error;
      await pause(200);
      await generate(prompt, repeats - 1);
    });
  }
  const createdAtMs = async (prompt: string): Promise<number | undefined> =>
    (await provider.call<Prediction[]>('predictions')).find((each) => each.prompt === prompt)?.createdAtMs;

  return {
    /** Makes the tasks, at most so many a second, and waits for their ends. */
    async run(prompts: string[], { perSecond = Infinity, withinMs = 60_000 } = {}): Promise<FollowedTasks> {
      let next = 0;
      const startedAt = nowMs();
      const work = async () => {
        for (let index = next++; index < prompts.length; index = next++) {
          await pause(Math.max(0, startedAt + (index * 1000) / perSecond - nowMs()));
          await generate(prompts[index]!);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      for (const endsAt = nowMs() + withinMs; nowMs() < endsAt; await pause(50))
        if (prompts.every((prompt) => endedAtMs.has(prompt))) break;
      const predictions = await provider.call<Prediction[]>('predictions');
      const ends = new Map(predictions.map((each) => [each.prompt, each.endedAtMs]));
      const delaysMs = prompts.flatMap((prompt) => {
        const [end, told] = [ends.get(prompt), endedAtMs.get(prompt)];
        return end === undefined || told === undefined ? [] : [told - end];
      });
      return { delaysMs, lost: prompts.length - delaysMs.length };
    },
    /** Milliseconds from the acceptance of a new task to its submission; NaN where it takes over 20 s. */
    async submissionMs(prompt: string): Promise<number> {
      await generate(prompt);
      const acceptedAtMs = nowMs();
      for (const endsAt = nowMs() + 20_000; nowMs() < endsAt; await pause(50)) {
        const at = await createdAtMs(prompt);
        if (at !== undefined) return Math.max(0, at - acceptedAtMs);
      }
      return Number.NaN;
    },
  };
}
