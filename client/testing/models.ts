import type { Model } from '../generate/options/model-choice.ts';

/** A model with what a test says of it. */
export function modelData(changes: Partial<Model> & { id: string }): Model {
  return {
    label: changes.id,
    provider: { id: 'provider-1', label: 'Forge', sandbox: false },
    maxReferenceImages: 4,
    maxImages: 4,
    aspectRatios: ['1:1', '16:9'],
    resolutions: [],
    outputFormats: [],
    supportsSeed: false,
    typicalDurationMs: 2_000,
    costCredits: 2,
    ...changes,
  };
}
