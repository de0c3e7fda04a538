/** The cost of the next request, by the API, whose figure is binding. */
import { type Accessor, createMemo } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { Scene } from '../api/generated/graphql.ts';
import { createStoreQuery } from '../api/client.ts';

const CostDocument = graphql(`
  query Cost($model: ID!, $scene: Scene!, $count: Int!) {
    node(id: $model) {
      id
      ... on Model {
        costCredits(scene: $scene, count: $count)
      }
    }
  }
`);

interface CostInput {
  modelId: string;
  scene: Scene;
  count: number;
  /** The price of a single image, known from the list of models. */
  singleCostCredits: number;
}

/** Undefined until known. Needs the `Provider` of `@urql/solid`. */
export function createCost(input: Accessor<CostInput | undefined>): Accessor<number | undefined> {
  const variables = createMemo(
    () => {
      const { modelId: model = '', scene = 'TEXT_TO_IMAGE', count = 1 } = input() ?? {};
      return { model, scene, count };
    },
    undefined,
    {
      equals: (one, other) =>
        one.model === other.model && one.scene === other.scene && one.count === other.count,
    },
  );
  const [result] = createStoreQuery({ query: CostDocument, variables, pause: () => variables().count === 1 });

  return createMemo(() => {
    const wanted = input();
    if (!wanted || wanted.count === 1) return wanted?.singleCostCredits;
    // The last result stays while the next query is running.
    if (result.fetching || result.operation?.variables.count !== wanted.count) return undefined;
    const model = result.data?.node;
    return model && 'costCredits' in model && model.id === wanted.modelId ? model.costCredits : undefined;
  });
}
