/** Which model is selected, and which of the wanted options it can be asked for. */
import type { ModelFieldsFragment, Scene } from '../../api/generated/graphql.ts';
import { matchInputImage } from '../../api/aspect-ratio.ts';

/** A model in a scene, with its price there. */
export type Model = ModelFieldsFragment & { costCredits: number };

export interface ModelChoice {
  model: Model | undefined;
  /** The model that was wanted and does not fit the scene. */
  replaced: ModelFieldsFragment | undefined;
}

/**
 * The wanted model where it fits the scene; else another of the same provider, else the first. What is wanted stays
 * wanted, so that going back to the other scene brings it back.
 */
export function chooseModel(options: {
  /** The models of the scene. */
  models: readonly Model[];
  /** The models of all scenes. */
  allModels: readonly ModelFieldsFragment[];
  wantedId: string | undefined;
}): ModelChoice {
  const { models, allModels, wantedId } = options;
  const fitting = models.find((model) => model.id === wantedId);
  if (fitting || wantedId === undefined) return { model: fitting ?? models[0], replaced: undefined };
  const wanted = allModels.find((model) => model.id === wantedId);
  const model = models.find((other) => other.provider.id === wanted?.provider.id) ?? models[0];
  return { model, replaced: wanted };
}

export interface WantedOptions {
  count: number;
  aspectRatio: string | undefined;
  resolution: string | undefined;
  outputFormat: string | undefined;
  /** As typed. */
  seed: string;
}

/** Seeds are unsigned 31-bit integers. */
export const maxSeed = 2_147_483_647;

/** The wanted options as far as the model offers them; what it does not offer is left to it. */
export function acceptedOptions(model: Model, scene: Scene, wanted: WantedOptions) {
  const aspectRatio = among(aspectRatios(model, scene), wanted.aspectRatio);
  const resolution = among(model.resolutions, wanted.resolution);
  const outputFormat = among(model.outputFormats, wanted.outputFormat);
  const seed = model.supportsSeed ? parseSeed(wanted.seed) : undefined;
  return {
    count: Math.min(Math.max(1, wanted.count), model.maxImages),
    ...(aspectRatio !== undefined && { aspectRatio }),
    ...(resolution !== undefined && { resolution }),
    ...(outputFormat !== undefined && { outputFormat }),
    ...(typeof seed === 'number' && { seed }),
  };
}

/** The shapes that the model makes in this scene: a reference's shape is only to be had where there is one. */
export function aspectRatios(model: Pick<Model, 'aspectRatios'>, scene: Scene): readonly string[] {
  return scene === 'IMAGE_TO_IMAGE'
    ? model.aspectRatios
    : model.aspectRatios.filter((aspectRatio) => aspectRatio !== matchInputImage);
}

/** A number; undefined where none is typed; `invalid` where something else is. */
export function parseSeed(text: string): number | undefined | 'invalid' {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const seed = Number(trimmed);
  return /^\d+$/.test(trimmed) && seed <= maxSeed ? seed : 'invalid';
}

function among(offered: readonly string[], wanted: string | undefined): string | undefined {
  return wanted !== undefined && offered.includes(wanted) ? wanted : undefined;
}
