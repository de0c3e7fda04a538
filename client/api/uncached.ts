import {
  type AnyVariables,
  Client,
  createRequest,
  type DocumentInput,
  fetchExchange,
  type OperationResult,
} from '@urql/core';

/**
 * Asks the same server past the cache: for lists of which only ids or a count are read. The cache joins all lists of
 * the same filter, and would then miss the rest of those tasks where they are shown.
 */
export function queryUncached<Data, Variables extends AnyVariables>(
  client: Client,
  document: DocumentInput<Data, Variables>,
  variables: Variables,
): Promise<OperationResult<Data, Variables>> {
  const request = createRequest(document, variables);
  const { url, fetch, fetchOptions } = client.createRequestOperation('query', request).context;
  const uncached = new Client({
    url,
    preferGetMethod: false,
    exchanges: [fetchExchange],
    ...(fetch && { fetch }),
    ...(fetchOptions && { fetchOptions }),
  });
  return uncached.executeQuery(request).toPromise();
}
