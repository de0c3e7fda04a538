import type { Model } from './model-choice.ts';

/** What a balance is enough for in place of what was chosen. */
export interface Affordable {
  model: Model;
  count: number;
  /** By the price of a single image; the API's own figure is asked for once it is chosen. */
  costCredits: number;
}

/** As many images from a cheaper model, the dearest that fits; else fewer images from the chosen model; else nothing. */
export function affordable(options: {
  models: readonly Model[];
  chosen: Model | undefined;
  count: number;
  /** How many references the model has to take. */
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
