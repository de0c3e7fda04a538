/** The models of both scenes, with their options and the cost of one image in each. */
import { createMemo } from 'solid-js';
import { graphql } from '../../api/generated/gql.ts';
import type { ModelsQuery, Scene } from '../../api/generated/graphql.ts';
import { refusalOf } from '../../api/errors.ts';
import { createStoreQuery } from '../../api/client.ts';
import type { Model } from './model-choice.ts';

const ModelsDocument = graphql(`
  query Models {
    textToImage: models(scene: TEXT_TO_IMAGE) {
      ...ModelFields
      costCredits(scene: TEXT_TO_IMAGE)
      options(scene: TEXT_TO_IMAGE) {
        ...OptionFields
      }
    }
    imageToImage: models(scene: IMAGE_TO_IMAGE) {
      ...ModelFields
      costCredits(scene: IMAGE_TO_IMAGE)
      options(scene: IMAGE_TO_IMAGE) {
        ...OptionFields
      }
    }
  }
  fragment ModelFields on Model {
    id
    label
    provider {
      id
      label
      sandbox
    }
    maxReferenceImages
    typicalDurationMs
  }
  fragment OptionFields on ModelOption {
    name
    values
    min
    max
  }
`);

export type Models = ReturnType<typeof createModels>;

/** Needs the `Provider` of `@urql/solid`. */
export function createModels() {
  const [result, execute] = createStoreQuery({ query: ModelsDocument });
  const data = createMemo<ModelsQuery | undefined>((last) => result.data ?? last);
  /** The models of a scene, in the server's order. */
  const of = (scene: Scene): readonly Model[] =>
    (scene === 'TEXT_TO_IMAGE' ? data()?.textToImage : data()?.imageToImage) ?? [];
  return {
    status: () => {
      if (data()) return 'ready';
      return result.error && !result.fetching ? 'failed' : 'loading';
    },
    of,
    failure: () => refusalOf(result.error),
    all: () => [...of('TEXT_TO_IMAGE'), ...of('IMAGE_TO_IMAGE')],
    retry: () => execute({ requestPolicy: 'network-only' }),
  };
}
