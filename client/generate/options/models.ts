/** The models of both scenes, with the cost of one image in each. */
import { type Accessor, createMemo } from 'solid-js';
import { graphql } from '../../api/generated/gql.ts';
import type { ModelsQuery, Scene } from '../../api/generated/graphql.ts';
import { type Refusal, refusalOf } from '../../api/errors.ts';
import { createStoreQuery } from '../../api/store-query.ts';
import type { Model } from './model-choice.ts';

export const modelFields = graphql(`
  fragment ModelFields on Model {
    id
    label
    provider {
      id
      label
      sandbox
    }
    maxReferenceImages
    maxImages
    aspectRatios
    resolutions
    outputFormats
    supportsSeed
    typicalDurationMs
  }
`);

const ModelsDocument = graphql(`
  query Models {
    textToImage: models(scene: TEXT_TO_IMAGE) {
      ...ModelFields
      costCredits(scene: TEXT_TO_IMAGE)
    }
    imageToImage: models(scene: IMAGE_TO_IMAGE) {
      ...ModelFields
      costCredits(scene: IMAGE_TO_IMAGE)
    }
  }
`);

export interface Models {
  status: Accessor<'loading' | 'ready' | 'failed'>;
  /** The models of a scene, in the server's order. */
  of(scene: Scene): readonly Model[];
  all: Accessor<readonly Model[]>;
  /** Why the models did not load. */
  failure: Accessor<Refusal | undefined>;
  retry(): void;
}

/** Needs the `Provider` of `@urql/solid`. */
export function createModels(): Models {
  const [result, execute] = createStoreQuery({ query: ModelsDocument });
  const data = createMemo<ModelsQuery | undefined>((last) => result.data ?? last);
  const of = (scene: Scene) => (scene === 'TEXT_TO_IMAGE' ? data()?.textToImage : data()?.imageToImage) ?? [];
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
