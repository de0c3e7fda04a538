import { type Exchange, mapExchange } from '@urql/core';
import { deletedTasks } from './task-versions.ts';

/**
 * A message to the other tabs about a change at the server. It carries no data but marks: the other tabs ask the
 * server themselves.
 */
export type TabMessage =
  /** A task was created or cancelled. */
  | { kind: 'task' }
  /** An image became a favorite, or no longer is one. */
  | { kind: 'mark'; id: string; favorite: boolean }
  /** A task was deleted. */
  | { kind: 'deleted'; id: string }
  /** A user signed in or out. */
  | { kind: 'session' };

export type CrossTabSync = ReturnType<typeof createCrossTabSync>;

/** Without `BroadcastChannel`, messages go nowhere and none arrive. */
export function createCrossTabSync(name = 'proofsheet') {
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined;
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
    broadcast: (message: TabMessage) => channel?.postMessage(message),
    /** Returns how to stop listening. */
    onMessage(listener: (message: TabMessage) => void): () => void {
      const onData = ({ data }: MessageEvent<TabMessage>) => listener(data);
      channel?.addEventListener('message', onData);
      return () => channel?.removeEventListener('message', onData);
    },
    close: () => channel?.close(),
  };
}

/** Broadcasts the mutations of this tab. Goes between the cache and the network. */
export function createCrossTabExchange(tabs: CrossTabSync): Exchange {
  return mapExchange({
    onResult({ operation, data }) {
      if (operation.kind !== 'mutation' || !data || operation.context['isBroadcast']) return;
      const deleted = deletedTasks(data);
      for (const id of deleted) tabs.broadcast({ kind: 'deleted', id });
      if (deleted.length === 0) tabs.broadcast({ kind: 'task' });
    },
  });
}
