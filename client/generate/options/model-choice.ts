/** The selected model, and which of the wanted options it supports. */
import type { ModelFieldsFragment, Scene } from '../../api/generated/graphql.ts';
import { matchInputImage } from '../../api/task.ts';

/** A model in a scene, with its price there. */
export type Model = ModelFieldsFragment & { costCredits: number };

export interface ModelChoice {
  model: Model | undefined;
  /** The wanted model, if it does not fit the scene. */
  replaced: ModelFieldsFragment | undefined;
}

/**
 * The wanted model if it fits the scene; else another of the same provider, else the first. The wanted one is kept,
 * so that the other scene restores it.
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

/** The wanted options that the model supports; the others are left to it. */
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

/** The aspect ratios of the model in this scene; a reference's shape needs a reference. */
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

/** A cheaper request than the chosen one. */
export interface Affordable {
  model: Model;
  count: number;
  /** By the price of one image; the API's figure is queried once the offer is accepted. */
  costCredits: number;
}

/** As many images from a cheaper model, the dearest that fits; else fewer images from the chosen model; else nothing. */
export function affordable(options: {
  models: readonly Model[];
  chosen: Model | undefined;
  count: number;
  /** How many references the model must support. */
  referenceCount: number;
  /** Undefined where it is not known. */
  balanceCredits: number | undefined;
}): Affordable | undefined {
  const { models, chosen, count, referenceCount, balanceCredits } = options;
  if (balanceCredits === undefined || !chosen) return undefined;
  const [other] = models
    .filter((model) => model.id !== chosen.id)
    .filter((model) => model.maxImages >= count && model.maxReferenceImages >= referenceCount)
    .map((model) => ({ model, count, costCredits: model.costCredits * count }))
    .filter(({ costCredits }) => costCredits <= balanceCredits)
    .toSorted((one, two) => two.costCredits - one.costCredits);
  if (other) return other;
  const fewer = Math.min(count - 1, Math.floor(balanceCredits / chosen.costCredits));
  return fewer >= 1 ? { model: chosen, count: fewer, costCredits: fewer * chosen.costCredits } : undefined;
}
