/**
 * Follows tasks: the current state, then every newer version, in rising order. Changes come as events; the database is also
 * read every few seconds (`rereads.ts`), so that a lost event delays a change and never hides one.
 */
import type { TaskEvents } from './events.ts';
import type { SubscriptionOptions, TaskSubscription } from './mailbox.ts';
import { createRereads, type Reread, type Rereads } from './rereads.ts';
import type { TaskLoader } from './store/loader.ts';
import type { TaskSnapshot } from './store/snapshot.ts';
import { isFinal } from './task.ts';

interface Dependencies {
  events: TaskEvents;
  loader: TaskLoader;
  /** The interval of reading the database. */
  rereadMs?: number;
}

/** How many tasks' last versions a subscription stores, so that a late event is never delivered after a newer one. */
const maxVersions = 1_000;

export function createTaskFollower({ events, loader, rereadMs = 4_000 }: Dependencies) {
  const rereads = createRereads({ loader, everyMs: rereadMs });
  return {
    /** The states of one task from `first` on; ends after its final state, or when a reading finds it deleted. */
    one: (id: string, first: () => Promise<TaskSnapshot>): TaskSubscription =>
      new FollowedTask(id, first, rereads).subscribe(events),

    /**
     * The user's unfinished tasks, then every change of any of the user's tasks. The first reread also yields tasks
     * accepted in the last 10 s that have ended, because clients list their tasks before they subscribe. Never
     * completes on its own.
     */
    all(userId: string): TaskSubscription {
      const { accepts, isNews, unfinished } = createNewsFilter();
      const reread: Reread = {
        userId,
        unfinished: () => unfinished,
        isNews,
        offer: (task) => states.offer(task),
        onDelete: (id) => unfinished.delete(id),
      };
      const states = events.subscribe(
        { userId },
        {
          begin: async () => {
            const readAt = await loader.now();
            for (const task of await loader.findActive(userId)) states.offer(task);
            reread.readAt = readAt;
          },
          accepts,
          onEnd: () => rereads.remove(reread),
        },
      );
      rereads.add(reread);
      return states;
    },
  };
}

/** One task. A class that is all parts of its subscription, because there are thousands. */
class FollowedTask implements SubscriptionOptions, Reread {
  readonly #id: string;
  readonly #rereads: Rereads;
  #first: (() => Promise<TaskSnapshot>) | undefined;
  #states!: TaskSubscription;
  #version = 0;
  #hasEnded = false;

  constructor(id: string, first: () => Promise<TaskSnapshot>, rereads: Rereads) {
    this.#id = id;
    this.#first = first;
    this.#rereads = rereads;
  }

  subscribe(events: TaskEvents): TaskSubscription {
    this.#states = events.subscribe({ taskId: this.#id }, this);
    this.#rereads.add(this);
    return this.#states;
  }

  async begin(): Promise<void> {
    const task = await this.#first!();
    this.#first = undefined;
    // An event that came meanwhile may be newer.
    this.#states.offer(task);
  }

  accepts(task: TaskSnapshot): boolean {
    if (!this.isNews(task)) return false;
    this.#version = task.version;
    this.#hasEnded = isFinal(task);
    return true;
  }

  isLast(task: TaskSnapshot): boolean {
    return isFinal(task);
  }

  onEnd(): void {
    this.#rereads.remove(this);
  }

  unfinished(): [id: string, version: number][] {
    // Before the first state there is nothing to compare with; a final one may still wait for its reader.
    return this.#version > 0 && !this.#hasEnded ? [[this.#id, this.#version]] : [];
  }

  isNews({ version }: Pick<TaskSnapshot, 'version'>): boolean {
    return version > this.#version;
  }

  offer(task: TaskSnapshot): void {
    this.#states.offer(task);
  }

  /** Its final state was missed between two readings. */
  onDelete(): void {
    this.#states.end();
  }
}

/** Recognizes states that were not seen before, and lists the seen tasks that are unfinished, with their versions. */
function createNewsFilter() {
  // The latest last. A Map, because an LRUCache allocates all its places at once, for each subscription.
  const seen = new Map<string, number>();
  const unfinished = new Map<string, number>();
  const isNews = ({ id, version }: Pick<TaskSnapshot, 'id' | 'version'>) => version > (seen.get(id) ?? 0);
  const accepts = (task: TaskSnapshot): boolean => {
    if (!isNews(task)) return false;
    seen.delete(task.id);
    seen.set(task.id, task.version);
    const [oldest] = seen.keys();
    if (oldest !== undefined && seen.size > maxVersions) seen.delete(oldest);
    if (isFinal(task)) unfinished.delete(task.id);
    else unfinished.set(task.id, task.version);
    return true;
  };
  return { accepts, isNews, unfinished };
}
