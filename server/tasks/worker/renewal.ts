/** Renews the leases of all running steps of a node. */
import type { TaskQueue } from '../store/queue.ts';

interface HeldLease {
  taskId: string;
  /** Reads whether the node still has the lease, and aborts the step where it has not. */
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
 * One statement renews all leases, three times per length of a lease, so that a busy database is waited for once and not
 * once for each task. A failed renewal is repeated after a fifteenth of a lease, before another node claims the tasks.
 */
export function createRenewal({ store, held, node, leaseMs }: Dependencies) {
  let isActive = false;

  async function renew(): Promise<void> {
    const leases = held();
    const ids = leases.map(({ taskId }) => taskId);
    const renewed = new Set(await store.renewLeases(node, ids, leaseMs));
    // Locked by a write, released meanwhile, or lost to another node or to the deadline. Not awaited, as it may wait for a
    // write of the step; a failed one is repeated at the next renewal.
    for (const lease of leases) if (!renewed.has(lease.taskId)) void lease.verify().catch(() => {});
  }
  function schedule(delayMs: number): void {
    setTimeout(() => {
      isActive = held().length > 0;
      if (!isActive) return;
      renew().then(
        () => schedule(leaseMs / 3),
        () => schedule(leaseMs / 15),
      );
    }, delayMs).unref();
  }

  return {
    /** Called with each new lease: renews it and all others until none is held. */
    start(): void {
      if (isActive) return;
      isActive = true;
      schedule(leaseMs / 3);
    },
  };
}
