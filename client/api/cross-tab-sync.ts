import { type Client, type Exchange, mapExchange } from '@urql/core';
import { graphql } from './generated/gql.ts';

/**
 * What one tab tells the others: what it changed at the server, so that none of them shows what is no longer so. The
 * others ask the server themselves; no data travels here.
 */
export type TabMessage =
  /** A task was made or cancelled. */
  | { kind: 'task' }
  /** A task is gone. */
  | { kind: 'deleted'; id: string }
  /** Somebody signed in or out. */
  | { kind: 'session' };

export interface CrossTabSync {
  broadcast(message: TabMessage): void;
  /** Returns how to stop listening. */
  onMessage(listener: (message: TabMessage) => void): () => void;
  close(): void;
}

/** A browser without `BroadcastChannel` has one tab, as far as this goes. */
export function createCrossTabSync(name = 'proofsheet'): CrossTabSync {
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined;
  const listeners = new Set<(message: TabMessage) => void>();
  channel?.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    for (const listener of listeners) listener(data);
  });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
    broadcast: (message) => channel?.postMessage(message),
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => channel?.close(),
  };
}

/** Tells the other tabs what this one changed at the server, and takes out of the cache what another one deleted. */
const ForgetTask = graphql(`
  mutation ForgetTask($id: ID!) {
    deleteTask(id: $id) {
      deletedId
    }
  }
`);

/** Goes between the cache and the network. */
export function createCrossTabExchange(tabs: CrossTabSync): Exchange {
  return mapExchange({
    onResult({ operation, data }) {
      if (operation.kind !== 'mutation' || !data || operation.context['isBroadcast']) return;
      const { deletedId } = (data as { deleteTask?: { deletedId?: string } }).deleteTask ?? {};
      tabs.broadcast(deletedId === undefined ? { kind: 'task' } : { kind: 'deleted', id: deletedId });
    },
  });
}

/**
 * Updates the cache as if the deletion had been asked for here. The answer is made up on the spot: the server has
 * already done it, and would say that there is no such task.
 */
export async function forgetTask(client: Client, id: string): Promise<void> {
  const data = { deleteTask: { __typename: 'DeleteTaskPayload', deletedId: id } };
  const answer: typeof fetch = async () =>
    new Response(JSON.stringify({ data }), { headers: { 'content-type': 'application/json' } });
  await client.mutation(ForgetTask, { id }, { fetch: answer, isBroadcast: true }).toPromise();
}
