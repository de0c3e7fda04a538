import type { OptionFieldsFragment as ModelOption } from '../api/generated/graphql.ts';
import type { Model } from '../generate/options/model-choice.ts';

export function enumOption(name: string, ...values: string[]): ModelOption {
  return { name, values, min: null, max: null };
}

export function integerOption(name: string, min: number, max: number): ModelOption {
  return { name, values: [], min, max };
}

export const seedOption = integerOption('seed', 0, 2_147_483_647);

/** A model with what a test says of it. */
export function modelData(changes: Partial<Model> & { id: string }): Model {
  return {
    label: changes.id,
    provider: { id: 'provider-1', label: 'Forge', sandbox: false },
    maxReferenceImages: 4,
    options: [integerOption('count', 1, 4), enumOption('aspectRatio', '1:1', '16:9')],
    typicalDurationMs: 2_000,
    costCredits: 2,
    ...changes,
  };
}
