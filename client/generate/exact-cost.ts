import type { Client } from '@urql/core';
import type { Scene } from '../api/generated/graphql.ts';
import { CostDocument } from './cost.ts';
import type { Model } from './options/model-choice.ts';

/** What a request to the model costs, in credits. Undefined where it cannot be known now. */
export async function exactCost(
  client: Client,
  model: Pick<Model, 'id' | 'costCredits'>,
  { scene, count }: { scene: Scene; count: number },
): Promise<number | undefined> {
  // The list of models has the cost of a single image.
  if (count === 1) return model.costCredits;
  const { data } = await client.query(CostDocument, { model: model.id, scene, count });
  return data?.node && 'costCredits' in data.node ? data.node.costCredits : undefined;
}
