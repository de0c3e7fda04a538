/** What a request costs. */
import { type Accessor, createMemo } from 'solid-js';
import { createStoreQuery } from '../api/client.ts';
import { graphql } from '../api/generated/gql.ts';
import type { Draft } from './draft.ts';
import type { createChoice } from './submission.ts';

export const CostDocument = graphql(`
  query Cost($model: ID!, $scene: Scene!, $count: Int!) {
    node(id: $model) {
      id
      ... on Model {
        costCredits(scene: $scene, count: $count)
      }
    }
  }
`);

/**
 * The cost of the next request; undefined until known. The list of models has the cost of a single image, the API
 * calculates that of several.
 */
export function createCost(
  { choice, options }: ReturnType<typeof createChoice>,
  draft: Draft,
): Accessor<number | undefined> {
  const modelId = createMemo(() => choice().model?.id ?? '');
  const count = createMemo(() => options()?.count ?? 1);
  const [result] = createStoreQuery({
    query: CostDocument,
    variables: () => ({ model: modelId(), scene: draft.content.scene, count: count() }),
    pause: () => count() === 1,
  });
  return createMemo(() => {
    const { model } = choice();
    if (!model || count() === 1) return model?.costCredits;
    // The last result stays while the next query is running.
    if (result.fetching || result.operation?.variables.count !== count()) return undefined;
    const node = result.data?.node;
    return node && 'costCredits' in node && node.id === model.id ? node.costCredits : undefined;
  });
}
