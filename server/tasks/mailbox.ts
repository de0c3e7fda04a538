/** The states that wait for one subscription: one place for each task, in which the newest version replaces older ones. */
import type { PushSource, Receiver } from '../lib/push-source.ts';
import type { TaskSnapshot } from './store/snapshot.ts';

/** How a subscription begins and ends, and what it leaves out. */
export interface SubscriptionOptions {
  /** Called at the first `next`, which waits for it: loads the state as it is now and offers it. A failure ends the subscription. */
  begin?(): Promise<void>;
  /** Whether to deliver a state that comes; called once for each. */
  accepts?(task: TaskSnapshot): boolean;
  /** Whether the subscription ends after that state. */
  isLast?(task: TaskSnapshot): boolean;
  /** Called once, at the end. */
  onEnd?(): void;
}

export interface TaskSubscription extends PushSource<TaskSnapshot> {
  /** Delivers a state to this subscription only, as if it was published. */
  offer(task: TaskSnapshot): void;
  /** Ends it; states that wait are dropped. */
  end(): void;
  /** Calls the function once, at the end. */
  onEnd(callback: () => void): void;
  return(): Promise<IteratorResult<TaskSnapshot, undefined>>;
}

/** The members of a topic. */
export interface Membership {
  delete(id: string, mailbox: Mailbox): void;
}

type Result = IteratorResult<TaskSnapshot, undefined>;

const done: Result = { done: true, value: undefined };

/** The first state to have come is the first to be read. A class with lazy fields, because there are thousands. */
export class Mailbox implements TaskSubscription {
  readonly #options: SubscriptionOptions;
  readonly #members: Membership;
  readonly #topicId: string;
  #waiting: Map<string, TaskSnapshot> | undefined;
  #readers: ((result: Result) => void)[] | undefined;
  #receiver: Receiver<TaskSnapshot> | undefined;
  #begun: Promise<void> | true | undefined;
  #afterEnd: (() => void) | undefined;
  /** While the receiver takes a state. */
  #taking: Promise<unknown> | undefined;
  #isEnded = false;

  constructor(options: SubscriptionOptions, members: Membership, topicId: string) {
    this.#options = options;
    this.#members = members;
    this.#topicId = topicId;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  async next(): Promise<Result> {
    if (this.#begun !== true) await (this.#begun ??= this.#begin());
    if (this.#isEnded) return done;
    const task = this.#shift();
    if (!task) return new Promise((resolve) => (this.#readers ??= []).push(resolve));
    if (this.#options.isLast?.(task)) this.end();
    return { done: false, value: task };
  }

  pushTo(receiver: Receiver<TaskSnapshot>): void {
    this.#receiver = receiver;
    if (this.#isEnded) receiver.end();
    else this.#pushWaiting();
  }

  async return() {
    this.end();
    return done;
  }

  offer(task: TaskSnapshot): void {
    if (this.#isEnded || this.#options.accepts?.(task) === false) return;
    if (this.#receiver && !this.#taking) return this.#push(task);
    const reader = this.#readers?.shift();
    if (reader) {
      if (this.#options.isLast?.(task)) this.end();
      return reader({ done: false, value: task });
    }
    const held = this.#waiting?.get(task.id);
    if (!held || held.version < task.version) (this.#waiting ??= new Map()).set(task.id, task);
  }

  onEnd(callback: () => void): void {
    if (this.#isEnded) return callback();
    const before = this.#afterEnd;
    this.#afterEnd = before
      ? () => {
          before();
          callback();
        }
      : callback;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#waiting = undefined;
    this.#members.delete(this.#topicId, this);
    this.#options.onEnd?.();
    this.#afterEnd?.();
    for (const read of this.#readers?.splice(0) ?? []) read(done);
    // The receiver may be about to send the last state.
    if (this.#taking) void this.#taking.finally(() => this.#receiver?.end());
    else this.#receiver?.end();
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

  #shift(): TaskSnapshot | undefined {
    const [task] = this.#waiting?.values() ?? [];
    if (!task) return undefined;
    // Most subscriptions are idle: they hold no map.
    if (this.#waiting!.size === 1) this.#waiting = undefined;
    else this.#waiting!.delete(task.id);
    return task;
  }

  #pushWaiting(): void {
    while (!this.#taking && !this.#isEnded) {
      const task = this.#shift();
      if (!task) return;
      this.#push(task);
    }
  }

  #push(task: TaskSnapshot): void {
    this.#taking = this.#receiver!.take(task);
    void this.#taking?.finally(() => {
      this.#taking = undefined;
      this.#pushWaiting();
    });
    if (this.#options.isLast?.(task)) this.end();
  }
}
