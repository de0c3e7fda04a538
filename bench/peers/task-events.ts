/** Events of tasks from Redis, in the messages that the product's nodes exchange, by the global id of the task. */
import { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';

export interface TaskEvent {
  id: string;
  version: number;
  status: string;
  prompt: string;
  costCredits: number;
}

const events = new EventEmitter().setMaxListeners(0);
const first = JSON.parse(process.env['TASK'] ?? '{}') as TaskEvent;
const channel = process.env['CHANNEL'];

if (channel) {
  const redis = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379');
  await redis.subscribe(channel);
  redis.on('message', (_, text) => {
    const { task } = JSON.parse(text) as { task?: TaskEvent };
    if (task) events.emit(globalId(task.id), { ...task, id: globalId(task.id) });
  });
}

function globalId(id: string): string {
  return Buffer.from(`Task:${id}`).toString('base64');
}

/** The state at the start of a subscription. */
export const stateOf = (id: string): TaskEvent => ({ ...first, id });

export function onEvent(id: string, listener: (task: TaskEvent) => void): void {
  events.on(id, listener);
}

/** The current state, then every event of the task. */
export async function* subscribe(_: unknown, { id }: { id: string }) {
  const waiting: TaskEvent[] = [stateOf(id)];
  let wake = () => {};
  const listener = (task: TaskEvent) => {
    waiting.push(task);
    wake();
  };
  events.on(id, listener);
  try {
    for (;;) {
      for (const task of waiting.splice(0)) yield { taskUpdated: task };
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    events.off(id, listener);
  }
}
