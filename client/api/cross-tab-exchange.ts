/** Tells the other tabs what this one changed at the server, and takes out of the cache what another one deleted. */
import { type Client, type Exchange, mapExchange } from '@urql/core';
import { graphql } from './generated/gql.ts';
import type { CrossTabSync } from './cross-tab-sync.ts';

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
