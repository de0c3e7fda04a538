/**
 * Bounds concurrent work and shares it between users.
 *
 * A **job** waits in one of the queue's **lanes**, which are listed by priority. Within a lane, users take turns. A job
 * needs a free **slot** and free **capacity** for its weight.
 */
export interface FairQueue<Lane extends string> {
  /**
   * Runs the work when its turn comes; resolves or rejects as the work does.
   * @throws {QueueFull} immediately, where its lane holds as many waiting jobs as it may, of this user or in all
   * @throws the signal's reason, where it aborts before the work has started
   */
  run<Result>(work: () => Promise<Result>, options: JobOptions<Lane>): Promise<Result>;
}

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
export interface LaneLimits {
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
  lane: LaneState;
  user: string;
  weight: number;
  start: () => void;
}

interface LaneState extends LaneLimits {
  /** By user, in the order of their turns. No list is empty. */
  waiting: Map<string, Job[]>;
  running: Job[];
}

interface Free {
  slots: number;
  capacity: number;
}

export function createFairQueue<Lane extends string>(options: QueueOptions<Lane>): FairQueue<Lane> {
  const lanes = openLanes(options.lanes);
  const { slots, capacity, smallWeight } = options;
  const heaviest = capacity - (slots - 1) * smallWeight;
  const free = { slots, capacity };

  function startNext(): void {
    for (;;) {
      const job = findNext([...lanes.values()], free, smallWeight);
      if (!job) return;
      take(job, free);
      job.start();
    }
  }

  function enter(lane: LaneState, { user, weight, signal }: JobOptions<Lane>): Promise<Job> {
    const own = lane.waiting.get(user) ?? [];
    const all = [...lane.waiting.values()].reduce((sum, jobs) => sum + jobs.length, 0);
    const isFull = all >= (lane.maxWaiting ?? Infinity) || own.length >= (lane.maxWaitingPerUser ?? Infinity);
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        remove(job);
        reject(signal?.reason);
        startNext();
      };
      const start = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve(job);
      };
      const job: Job = { lane, user, weight: Math.min(weight, heaviest), start };
      lane.waiting.set(user, [...own, job]);
      startNext();
      if (lane.running.includes(job)) return;
      if (isFull) {
        remove(job);
        throw new QueueFull();
      }
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  return {
    async run(work, jobOptions) {
      const job = await enter(lanes.get(jobOptions.lane)!, jobOptions);
      try {
        return await work();
      } finally {
        release(job, free);
        startNext();
      }
    },
  };
}

function openLanes<Lane extends string>(limits: Readonly<Record<Lane, LaneLimits>>): Map<Lane, LaneState> {
  const names = Object.keys(limits) as Lane[];
  return new Map(names.map((name) => [name, { ...limits[name], waiting: new Map(), running: [] }]));
}

/** The waiting job that may start now, by priority and turn. */
function findNext(lanes: readonly LaneState[], free: Free, smallWeight: number): Job | undefined {
  let mustBeSmall = false;
  for (const lane of lanes) {
    for (const [user, [job]] of lane.waiting) {
      if (free.slots === 0 || lane.running.length >= lane.slots) break;
      if (!job || countOf(lane.running, user) >= (lane.slotsPerUser ?? Infinity)) continue;
      if (job.weight <= free.capacity && (!mustBeSmall || job.weight <= smallWeight)) return job;
      // Otherwise a stream of medium jobs would starve a heavy one.
      mustBeSmall = true;
    }
  }
  return undefined;
}

function remove(job: Job): void {
  const { waiting } = job.lane;
  const rest = (waiting.get(job.user) ?? []).filter((other) => other !== job);
  if (rest.length > 0) waiting.set(job.user, rest);
  else waiting.delete(job.user);
}

/** Moves the job from its lane's waiting jobs to the running ones, which takes its slot and its capacity. */
function take(job: Job, free: Free): void {
  remove(job);
  passTurn(job);
  job.lane.running.push(job);
  free.slots -= 1;
  free.capacity -= job.weight;
}

function release(job: Job, free: Free): void {
  job.lane.running.splice(job.lane.running.indexOf(job), 1);
  free.slots += 1;
  free.capacity += job.weight;
}

/** Moves the job's user to the end of the lane. */
function passTurn({ lane: { waiting }, user }: Job): void {
  const rest = waiting.get(user);
  if (!rest) return;
  waiting.delete(user);
  waiting.set(user, rest);
}

function countOf(jobs: Job[], user: string): number {
  return jobs.filter((job) => job.user === user).length;
}
