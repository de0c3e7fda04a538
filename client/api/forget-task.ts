import type { Client } from '@urql/core';
import { graphql } from './generated/gql.ts';

/** Removes a task from the cache; never sent to the server. */
const ForgetTask = graphql(`
  mutation ForgetTask($id: ID!) {
    deleteTask(id: $id) {
      deletedId
    }
  }
`);

/**
 * Updates the cache as if this tab had deleted the task. The response is made locally, as the server would answer
 * NOT_FOUND.
 */
export async function forgetTask(client: Client, id: string): Promise<void> {
  const data = { deleteTask: { __typename: 'DeleteTaskPayload', deletedId: id } };
  const answer: typeof fetch = async () =>
    new Response(JSON.stringify({ data }), { headers: { 'content-type': 'application/json' } });
  await client.mutation(ForgetTask, { id }, { fetch: answer, isBroadcast: true }).toPromise();
}
