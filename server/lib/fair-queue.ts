/**
 * Bounds concurrent work and shares it between users.
 *
 * A **job** waits in one of the queue's **lanes**, which are listed by priority. Within a lane, users take turns. A job
 * needs a free **slot** and free **capacity** for its weight.
 */
export interface JobOptions<Lane> {
  lane: Lane;
  user: string;
  /**
   * The share of the capacity that it holds while it runs. At most what small jobs in all other slots leave counts: a
   * heavier job would wait for as long as small ones keep overtaking it.
   */
  weight: number;
  signal?: AbortSignal | undefined;
}

export interface QueueOptions<Lane extends string> {
  /** Concurrent jobs. */
  slots: number;
  /** The sum of the weights of concurrent jobs. */
  capacity: number;
  /** A job of at most this weight may start before a heavier one that waits for capacity. No other job may. */
  smallWeight: number;
  /** By priority, the most urgent first. */
  lanes: Readonly<Record<Lane, LaneLimits>>;
}

/** What is absent is not limited. */
interface LaneLimits {
  /** Concurrent jobs of this lane. Slots above it are reserved for the other lanes. */
  slots: number;
  slotsPerUser?: number;
  maxWaiting?: number;
  maxWaitingPerUser?: number;
}

/** The queue accepts no more waiting jobs for now. */
export class QueueFull extends Error {
  override name = 'QueueFull';
}

interface Job {
  lane: string;
  user: string;
  weight: number;
  start: () => void;
}

/** Of one lane, by user: the users in the order of their turns. No list is empty. */
type Waiting = Map<string, Job[]>;

export function createFairQueue<Lane extends string>(options: QueueOptions<Lane>) {
  const { slots, capacity, smallWeight, lanes } = options;
  const running: Job[] = [];
  const waiting = new Map(Object.keys(lanes).map((lane): [string, Waiting] => [lane, new Map()]));

  function startNext(): void {
    for (let job = findNext(options, waiting, running); job; job = findNext(options, waiting, running)) {
      const jobs = waiting.get(job.lane)!;
      remove(jobs, job);
      passTurn(jobs, job.user);
      running.push(job);
      job.start();
    }
  }

  function enter({ lane, user, weight, signal }: JobOptions<Lane>): Promise<Job> {
    const { maxWaiting = Infinity, maxWaitingPerUser = Infinity } = lanes[lane];
    const jobs = waiting.get(lane)!;
    const own = jobs.get(user) ?? [];
    const isFull = [...jobs.values()].flat().length >= maxWaiting || own.length >= maxWaitingPerUser;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        remove(jobs, job);
        reject(signal?.reason);
        startNext();
      };
      const start = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve(job);
      };
      const job: Job = { lane, user, weight: Math.min(weight, capacity - (slots - 1) * smallWeight), start };
      jobs.set(user, [...own, job]);
      startNext();
      if (running.includes(job)) return;
      if (isFull) {
        remove(jobs, job);
        throw new QueueFull();
      }
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    /**
     * Runs the work when its turn comes; resolves or rejects as the work does.
     * @throws {QueueFull} immediately, where its lane holds as many waiting jobs as it may, of this user or in all
     * @throws the signal's reason, where it aborts before the work has started
     */
    async run<Result>(work: () => Promise<Result>, jobOptions: JobOptions<Lane>): Promise<Result> {
      const job = await enter(jobOptions);
      try {
        return await work();
      } finally {
        running.splice(running.indexOf(job), 1);
        startNext();
      }
    },
  };
}

/** The waiting job that may start now, by priority and turn. */
function findNext(
  { slots, capacity, smallWeight, lanes }: QueueOptions<string>,
  waiting: ReadonlyMap<string, Waiting>,
  running: readonly Job[],
): Job | undefined {
  if (running.length >= slots) return undefined;
  const free = capacity - running.reduce((sum, { weight }) => sum + weight, 0);
  let mustBeSmall = false;
  for (const [name, jobs] of waiting) {
    const { slots: laneSlots, slotsPerUser = Infinity } = lanes[name]!;
    const inLane = running.filter(({ lane }) => lane === name);
    if (inLane.length >= laneSlots) continue;
    for (const [user, [job]] of jobs) {
      if (!job || inLane.filter((other) => other.user === user).length >= slotsPerUser) continue;
      if (job.weight <= free && (!mustBeSmall || job.weight <= smallWeight)) return job;
      // Otherwise a stream of medium jobs would starve a heavy one.
      mustBeSmall = true;
    }
  }
  return undefined;
}

function remove(jobs: Waiting, job: Job): void {
  const rest = (jobs.get(job.user) ?? []).filter((other) => other !== job);
  if (rest.length > 0) jobs.set(job.user, rest);
  else jobs.delete(job.user);
}

function passTurn(jobs: Waiting, user: string): void {
  const rest = jobs.get(user);
  jobs.delete(user);
  if (rest) jobs.set(user, rest);
}
