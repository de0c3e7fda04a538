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
 * One statement renews all leases, three times per length of a lease, so that a busy database is waited for once and not
 * once for each task. A failed renewal is repeated after a fifteenth of a lease, before another node claims the tasks.
 */
export function createRenewal({ store, held, node, leaseMs }: Dependencies) {
  let isActive = false;

  async function renew(): Promise<void> {
    const leases = held();
    const ids = leases.map(({ taskId }) => taskId);
    const renewed = new Set(await store.renewLeases(node, ids, leaseMs));
    // Released meanwhile, or lost to another node or to the deadline. A failed `verify` is repeated at the next renewal.
    const missing = leases.filter(({ taskId }) => !renewed.has(taskId));
    await Promise.all(missing.map((lease) => lease.verify().catch(() => {})));
  }
  function schedule(delayMs: number): void {
    setTimeout(() => {
      isActive = held().length > 0;
      if (!isActive) return;
      renew().then(
        () => schedule(leaseMs / 3),
        () => schedule(leaseMs / 15),
      );
    }, delayMs);
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
