/** A client that makes tasks and receives their updates, and what each waited after its provider's end. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type BenchProcess, nowMs, pause, until } from './process.ts';
import type { Product } from './product.ts';
import type { Prediction } from './provider.ts';

export interface FollowedTasks {
  /** Milliseconds from the provider's end to the client, of each task. */
  delaysMs: number[];
  /** Tasks whose end the client did not receive. */
  lost: number;
}

const document = 'subscription { taskUpdated { id status prompt } }';
const atOnce = 16;

/** Follows all tasks of a user. */
export async function followTasks(opened: AsyncDisposableStack, product: Product, provider: BenchProcess) {
  await provider.call('sendTo', product.url);
  const token = await product.signUp();
  const toldAtMs = new Map<string, number>();
  const socket = new WebSocket(`${product.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  opened.defer(() => socket.terminate());
  socket.on('message', (data) => {
    const { type, payload } = JSON.parse(String(data)) as {
      type: string;
      payload?: { data?: { taskUpdated: { status: string; prompt: string } } };
    };
    if (type === 'connection_ack')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: document } }));
    const task = payload?.data?.taskUpdated;
    if (task?.status === 'SUCCESS') toldAtMs.set(task.prompt, nowMs());
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await once(socket, 'message');

  /** Repeats a refused request, under its idempotency key: a loaded database may be busy. */
  async function generate(prompt: string, repeats = 10): Promise<void> {
    await product.generate(token, prompt, { idempotencyKey: prompt }).catch(async (error: unknown) => {
      if (repeats === 0) throw error;
      await pause(200);
      await generate(prompt, repeats - 1);
    });
  }
  const predictions = async () =>
    new Map((await provider.call<Prediction[]>('predictions')).map((each) => [each.prompt, each]));

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
      const endsAt = nowMs() + withinMs;
      const areTold = () => prompts.every((prompt) => toldAtMs.has(prompt));
      await until(async () => areTold() || nowMs() > endsAt || undefined);
      const ends = await predictions();
      const delaysMs = prompts
        .map((prompt) => (toldAtMs.get(prompt) ?? Number.NaN) - (ends.get(prompt)?.endedAtMs ?? Number.NaN))
        .filter((delayMs) => !Number.isNaN(delayMs));
      return { delaysMs, lost: prompts.length - delaysMs.length };
    },
    /** Milliseconds from the acceptance of a new task to its submission. */
    async submissionMs(prompt: string): Promise<number> {
      await generate(prompt);
      const acceptedAtMs = nowMs();
      const { createdAtMs } = await until(async () => (await predictions()).get(prompt));
      return Math.max(0, createdAtMs - acceptedAtMs);
    },
  };
}
