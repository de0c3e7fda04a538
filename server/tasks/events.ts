/**
 * Fan-out of changes. An event carries the task's new state; topics are a task and a user. A subscriber's queue holds one
 * place for each task, and the newest version wins, so a subscriber that stops reading costs bounded memory and delays no
 * other.
 */
import type { TaskSnapshot } from './store/snapshot.ts';
import { isFinal } from './task.ts';

/** All changes of one task, or of all of a user's tasks. */
export type TaskTopic = { taskId: string } | { userId: string };

export interface TaskEvents {
  publish(task: TaskSnapshot): void;
  /**
   * Every state published from now on, newest version only where several wait. Ends when `return` is called or the
   * events are closed.
   */
  subscribe(topic: TaskTopic): AsyncIterableIterator<TaskSnapshot>;
  /** Subscribers at the moment. */
  readonly subscriberCount: number;
  /** Ends every subscription. */
  close(): void;
}

/** Fan-out within this process. */
export function createLocalEvents(): TaskEvents {
  const topics = new Map<string, Set<Mailbox>>();
  const subscribers = () => [...topics.values()].flatMap((members) => [...members]);

  return {
    get subscriberCount() {
      return subscribers().length;
    },
    publish(task) {
      for (const topic of [topicKey({ taskId: task.id }), topicKey({ userId: task.userId })])
        for (const subscriber of topics.get(topic) ?? []) subscriber.offer(task);
    },
    subscribe(topic) {
      const key = topicKey(topic);
      const mailbox = createMailbox(() => {
        const members = topics.get(key);
        members?.delete(mailbox);
        if (members?.size === 0) topics.delete(key);
      });
      topics.set(key, (topics.get(key) ?? new Set()).add(mailbox));
      return mailbox.iterator;
    },
    close() {
      for (const subscriber of subscribers()) subscriber.end();
    },
  };
}

/** The events, with a call of `onEnd` for each final state that is published. */
export function observeEnds(
  events: TaskEvents,
  onEnd: (task: TaskSnapshot & { completedAt: Date }) => void,
): TaskEvents {
  return {
    get subscriberCount() {
      return events.subscriberCount;
    },
    subscribe: (topic) => events.subscribe(topic),
    close: () => events.close(),
    publish(task) {
      events.publish(task);
      const { completedAt } = task;
      if (isFinal(task) && completedAt) onEnd({ ...task, completedAt });
    },
  };
}

function topicKey(topic: TaskTopic): string {
  return 'taskId' in topic ? `task ${topic.taskId}` : `user ${topic.userId}`;
}

type Mailbox = ReturnType<typeof createMailbox>;

/** Waiting states by task; the first to have come is the first to be read. */
function createMailbox(onEnd: () => void) {
  const waiting = new Map<string, TaskSnapshot>();
  const readers: ((result: IteratorResult<TaskSnapshot>) => void)[] = [];
  let ended = false;

  const end = () => {
    if (ended) return;
    ended = true;
    waiting.clear();
    onEnd();
    for (const read of readers.splice(0)) read({ done: true, value: undefined });
  };
  const iterator: AsyncIterableIterator<TaskSnapshot> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      if (ended) return { done: true, value: undefined };
      for (const [id, task] of waiting) {
        waiting.delete(id);
        return { done: false, value: task };
      }
      return new Promise((resolve) => readers.push(resolve));
    },
    async return() {
      end();
      return { done: true, value: undefined };
    },
  };
  return {
    iterator,
    end,
    offer(task: TaskSnapshot) {
      const reader = readers.shift();
      if (reader) return reader({ done: false, value: task });
      const held = waiting.get(task.id);
      if (!held || held.version < task.version) waiting.set(task.id, task);
    },
  };
}
