/**
 * Fan-out of changes. An event carries the task's new state; topics are a task and a user. A subscriber's queue holds one
 * place for each task (`mailbox.ts`), so a subscriber that stops reading costs bounded memory and delays no other.
 */
import { Mailbox, type Membership, type SubscriptionOptions, type TaskSubscription } from './mailbox.ts';
import type { TaskSnapshot } from './store/snapshot.ts';

/** All changes of one task, or of all of a user's tasks. */
export type TaskTopic = { taskId: string } | { userId: string };

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
  const byTask = new Topics();
  const byUser = new Topics();
  return {
    get subscriberCount() {
      return byTask.all().length + byUser.all().length;
    },
    publish(task) {
      byTask.publish(task.id, task);
      byUser.publish(task.userId, task);
    },
    subscribe(topic, options = {}) {
      const [topics, id] = 'taskId' in topic ? [byTask, topic.taskId] : [byUser, topic.userId];
      const mailbox = new Mailbox(options, topics, id);
      topics.add(id, mailbox);
      return mailbox;
    },
    close() {
      for (const subscriber of [...byTask.all(), ...byUser.all()]) subscriber.end();
    },
  };
}

/** Subscriptions by the id of what they follow. Most ids have one, which then needs no set. */
class Topics implements Membership {
  readonly #members = new Map<string, Mailbox | Set<Mailbox>>();

  add(id: string, mailbox: Mailbox): void {
    const members = this.#members.get(id);
    if (members instanceof Set) members.add(mailbox);
    else this.#members.set(id, members ? new Set([members, mailbox]) : mailbox);
  }

  delete(id: string, mailbox: Mailbox): void {
    const members = this.#members.get(id);
    if (members instanceof Set) members.delete(mailbox);
    if (members === mailbox || (members instanceof Set && members.size === 0)) this.#members.delete(id);
  }

  publish(id: string, task: TaskSnapshot): void {
    const members = this.#members.get(id);
    if (members instanceof Set) for (const member of members) member.offer(task);
    else members?.offer(task);
  }

  all(): Mailbox[] {
    return [...this.#members.values()].flatMap((members) =>
      members instanceof Set ? [...members] : members,
    );
  }
}

/** The events, with a call of `onPublish` after each state that is published. */
export function observeChanges(events: TaskEvents, onPublish: (task: TaskSnapshot) => void): TaskEvents {
  return {
    get subscriberCount() {
      return events.subscriberCount;
    },
    subscribe: (topic, options) => events.subscribe(topic, options),
    close: () => events.close(),
    publish(task) {
      events.publish(task);
      onPublish(task);
    },
  };
}
