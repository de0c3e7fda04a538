/** Renews the leases of all running attempts of a node. */
import type { TaskQueue } from '../store/queue.ts';

interface HeldLease {
  taskId: string;
  /** Reads whether the node still has the lease, and aborts the attempt where it has not. */
  verify(): Promise<void>;
}

interface Dependencies {
  store: Pick<TaskQueue, 'renewLeases'>;
  /** The leases that the node holds now. */
  held: () => HeldLease[];
  node: string;
  leaseMs: number;
}

/**
 * Renews in one statement, so that a busy database is waited for once and not once for each task, three times within
 * the length of a lease; a failed renewal is repeated sooner, before another node claims the tasks.
 */
export function createRenewal({ store, held, node, leaseMs }: Dependencies) {
  let timer: NodeJS.Timeout | undefined;

  async function renew(): Promise<void> {
    const leases = held();
    const ids = leases.map(({ taskId }) => taskId);
    const renewed = new Set(await store.renewLeases(node, ids, leaseMs));
    // Released meanwhile, or lost to another node or to the deadline. A failed look is made again at the next renewal.
    const missing = leases.filter(({ taskId }) => !renewed.has(taskId));
    await Promise.all(missing.map((lease) => lease.verify().catch(() => {})));
  }
  function schedule(delayMs: number): void {
    timer = setTimeout(() => {
      timer = undefined;
      if (held().length === 0) return;
      renew().then(
        () => schedule(leaseMs / 3),
        () => schedule(leaseMs / 15),
      );
    }, delayMs);
  }

  return {
    /** Called with each new lease: renews it and all others until none is held. */
    start(): void {
      if (timer === undefined) schedule(leaseMs / 3);
    },
  };
}
