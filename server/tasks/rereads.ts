/**
 * Rereads the tasks of all subscriptions of this node: one timer, and one statement that returns the ids of what has
 * changed. Only these tasks are then loaded. An event of one task does not show that an event of another was lost, so the
 * interval does not depend on events.
 */
import type { TaskLoader } from './store/loader.ts';
import type { TaskSnapshot } from './store/snapshot.ts';

/** What the readings ask of a subscription, and call. */
export interface Reread {
  /** The owner of all tasks that it follows; absent where it follows one task. */
  userId?: string;
  /** The database's instant up to which it has seen new tasks of its owner; set once it has begun, and by each reading. */
  readAt?: Date;
  /** The unfinished tasks that it has shown, by id, with their versions. */
  unfinished(): Iterable<readonly [id: string, version: number]>;
  /** Whether it has shown neither this version nor a newer one. */
  isNews(found: Pick<TaskSnapshot, 'id' | 'version'>): boolean;
  offer(task: TaskSnapshot): void;
  /** Called where an unfinished task is not there any more. */
  onDelete(id: string): void;
}

/**
 * How far each reading looks back beyond the previous one: an accepted task has the instant at which its statement began,
 * and becomes visible when the statement ends.
 */
const overlapMs = 10_000;

export type Rereads = ReturnType<typeof createRereads>;

export function createRereads({ loader, everyMs }: { loader: TaskLoader; everyMs: number }) {
  const members = new Set<Reread>();
  let timer: NodeJS.Timeout | undefined;

  function schedule(): void {
    if (members.size === 0) return;
    timer ??= setTimeout(() => {
      // While the database is unavailable, changes still come from this node.
      void reread(loader, [...members])
        .catch(() => {})
        .finally(() => {
          timer = undefined;
          schedule();
        });
    }, everyMs).unref();
  }

  return {
    /** Rereads for the subscription until it is removed. */
    add(member: Reread): void {
      members.add(member);
      schedule();
    },
    remove: (member: Reread) => void members.delete(member),
  };
}

async function reread(loader: TaskLoader, members: readonly Reread[]): Promise<void> {
  const known = lowestVersions(members);
  const ofOwners = members.filter(isReadable);
  if (known.size === 0 && ofOwners.length === 0) return;
  const oldest = ofOwners.reduce(
    (oldest, { readAt }) => (readAt < oldest ? readAt : oldest),
    ofOwners[0]?.readAt ?? new Date(0),
  );
  const { changed, created, now } = await loader.findChanges({
    known,
    userIds: [...new Set(ofOwners.map(({ userId }) => userId))],
    createdSince: lookBack(oldest),
  });
  const byOwner = Map.groupBy(ofOwners, ({ userId }) => userId);
  const unseen = created.filter((found) => byOwner.get(found.userId)?.some((member) => member.isNews(found)));
  if (changed.length > 0 || unseen.length > 0) {
    const changes = await load(loader, [...changed, ...unseen.map(({ id }) => id)]);
    for (const member of members) deliverKnown(member, changes);
    for (const { id, userId } of unseen) {
      const task = changes.get(id);
      for (const member of byOwner.get(userId) ?? [])
        if (task && task.createdAt >= lookBack(member.readAt)) member.offer(task);
    }
  }
  for (const member of ofOwners) member.readAt = now;
}

type OwnerReread = Reread & { userId: string; readAt: Date };

function isReadable(member: Reread): member is OwnerReread {
  return member.userId !== undefined && member.readAt !== undefined;
}

const lookBack = (readAt: Date): Date => new Date(readAt.getTime() - overlapMs);

/** The tasks to compare, each with the oldest version that a subscription has shown. */
function lowestVersions(members: readonly Reread[]): Map<string, number> {
  const lowest = new Map<string, number>();
  for (const member of members)
    for (const [id, version] of member.unfinished())
      lowest.set(id, Math.min(version, lowest.get(id) ?? version));
  return lowest;
}

/** The tasks by id; null where there is none any more. */
async function load(loader: TaskLoader, ids: readonly string[]): Promise<Map<string, TaskSnapshot | null>> {
  const tasks = [...new Set(ids)].map(async (id) => [id, await loader.find(id)] as const);
  return new Map(await Promise.all(tasks));
}

/** Tells the subscription what has become of the unfinished tasks that it has shown. */
function deliverKnown(member: Reread, changes: ReadonlyMap<string, TaskSnapshot | null>): void {
  for (const [id] of member.unfinished()) {
    const task = changes.get(id);
    if (task) member.offer(task);
    else if (task === null) member.onDelete(id);
  }
}
