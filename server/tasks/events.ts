/**
 * Fan-out of changes. An event carries the task's new state; topics are a task and a user. A subscriber's queue holds one
 * place for each task, and the newest version wins, so a subscriber that stops reading costs bounded memory and delays no
 * other.
 */
import type { TaskSnapshot } from './store/snapshot.ts';
import { isFinal } from './task.ts';

/** All changes of one task, or of all of a user's tasks. */
export type TaskTopic = { taskId: string } | { userId: string };

/** How a subscription begins and ends, and what it leaves out. */
export interface SubscriptionOptions {
  /** Called at the first `next`, which waits for it: loads the state as it is now and offers it. A failure ends the subscription. */
  begin?: () => Promise<void>;
  /** Whether to deliver a state that comes; called once for each. */
  accepts?: (task: TaskSnapshot) => boolean;
  /** Whether the subscription ends after that state. */
  isLast?: (task: TaskSnapshot) => boolean;
  /** Called once, at the end. */
  onEnd?: () => void;
}

export interface TaskSubscription extends AsyncIterableIterator<TaskSnapshot, undefined> {
  /** Delivers a state to this subscription only, as if it was published. */
  offer(task: TaskSnapshot): void;
  /** Ends it; states that wait are dropped. */
  end(): void;
  return(): Promise<IteratorResult<TaskSnapshot, undefined>>;
}

export interface TaskEvents {
  publish(task: TaskSnapshot): void;
  /**
   * Every state published from now on, newest version only where several wait. Ends when `return` is called or the
   * events are closed.
   */
  subscribe(topic: TaskTopic, options?: SubscriptionOptions): TaskSubscription;
  /** Subscribers at the moment. */
  readonly subscriberCount: number;
  /** Ends every subscription. */
  close(): void;
}

/** Fan-out within this process. */
export function createLocalEvents(): TaskEvents {
  const topics = new Map<string, Set<Mailbox>>();
  const subscribers = () => [...topics.values()].flatMap((members) => [...members]);
  const leave = (key: string, mailbox: Mailbox) => {
    const members = topics.get(key);
    members?.delete(mailbox);
    if (members?.size === 0) topics.delete(key);
  };

  return {
    get subscriberCount() {
      return subscribers().length;
    },
    publish(task) {
      for (const topic of [topicKey({ taskId: task.id }), topicKey({ userId: task.userId })])
        for (const subscriber of topics.get(topic) ?? []) subscriber.offer(task);
    },
    subscribe(topic, options = {}) {
      const key = topicKey(topic);
      const mailbox = new Mailbox(options, () => leave(key, mailbox));
      topics.set(key, (topics.get(key) ?? new Set()).add(mailbox));
      return mailbox;
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
    subscribe: (topic, options) => events.subscribe(topic, options),
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

type Result = IteratorResult<TaskSnapshot, undefined>;

const done: Result = { done: true, value: undefined };

/** Waiting states by task; the first to have come is the first to be read. A class, because there are thousands. */
class Mailbox implements TaskSubscription {
  readonly #options: SubscriptionOptions;
  readonly #leave: () => void;
  readonly #waiting = new Map<string, TaskSnapshot>();
  #readers: ((result: Result) => void)[] = [];
  #begun: Promise<void> | true | undefined;
  #isEnded = false;

  constructor(options: SubscriptionOptions, leave: () => void) {
    this.#options = options;
    this.#leave = leave;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  async next(): Promise<Result> {
    if (this.#begun !== true) await (this.#begun ??= this.#begin());
    if (this.#isEnded) return done;
    for (const task of this.#waiting.values()) {
      this.#waiting.delete(task.id);
      return this.#result(task);
    }
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  async return() {
    this.end();
    return done;
  }

  offer(task: TaskSnapshot): void {
    if (this.#isEnded || this.#options.accepts?.(task) === false) return;
    const reader = this.#readers.shift();
    if (reader) return reader(this.#result(task));
    const held = this.#waiting.get(task.id);
    if (!held || held.version < task.version) this.#waiting.set(task.id, task);
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#waiting.clear();
    this.#leave();
    this.#options.onEnd?.();
    for (const read of this.#readers.splice(0)) read(done);
  }

  async #begin(): Promise<void> {
    try {
      await this.#options.begin?.();
      this.#begun = true;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  #result(value: TaskSnapshot): Result {
    if (this.#options.isLast?.(value)) this.end();
    return { done: false, value };
  }
}
