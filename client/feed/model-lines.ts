/** What each model suits, from what the server says of it: nothing is known of a model here. */
import type { Models } from '../generate/options/models.ts';
import { type Model, optionOf } from '../generate/options/model-choice.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

export interface ModelLine {
  label: string;
  /** The typical time of a model that is faster than all others. */
  fastestMs: number | undefined;
  maxPictures: number;
  maxSeries: number;
  /** As the model spells it, such as `4K`; undefined where it is not one of these. */
  largestSize: string | undefined;
  lowestCredits: number;
  highestCredits: number;
}

/** One line for each model, in the server's order. */
export function modelLines(models: Pick<Models, 'all'>): ModelLine[] {
  const byId = Map.groupBy(models.all(), ({ id }) => id);
  const labels = new Map([...byId].map(([id, [model]]) => [id, model!.label]));
  const fastest = fastestOf([...byId.values()].map(([model]) => model!));
  return [...byId].map(([id, inScenes]) => {
    const [model] = inScenes as [Model];
    const isAmbiguous = [...labels.values()].filter((label) => label === model.label).length > 1;
    const credits = inScenes.map(({ costCredits }) => costCredits);
    return {
      label: isAmbiguous ? `${model.label}, ${model.provider.label}` : model.label,
      fastestMs: fastest?.id === id ? (model.typicalDurationMs ?? undefined) : undefined,
      maxPictures: model.maxReferenceImages,
      maxSeries: Math.max(...inScenes.map((each) => optionOf(each, 'count')?.max ?? 1)),
      largestSize: largestSize(model),
      lowestCredits: Math.min(...credits),
      highestCredits: Math.max(...credits),
    };
  });
}

/** Undefined where no model is faster than the others. */
function fastestOf(models: readonly Model[]): Model | undefined {
  const [first, second] = models
    .filter(({ typicalDurationMs }) => typicalDurationMs !== null)
    .toSorted((one, other) => one.typicalDurationMs! - other.typicalDurationMs!);
  return second && first!.typicalDurationMs! < second.typicalDurationMs! ? first : undefined;
}

function largestSize(model: Model): string | undefined {
  const sizes = optionOf(model, 'resolution')?.values.filter((value) => /^\d+K$/.test(value)) ?? [];
  return sizes.toSorted((one, other) => parseInt(other, 10) - parseInt(one, 10))[0];
}

/** What the model suits, in words. */
export function suitsText({ fastestMs, maxPictures, maxSeries, largestSize: size }: ModelLine): string {
  const texts = lazyMessages.firstVisit.suits;
  return [
    fastestMs === undefined ? '' : texts.quick(fastestMs),
    maxPictures > 0 ? texts.pictures(maxPictures) : '',
    maxSeries > 1 ? texts.series(maxSeries) : '',
    size === undefined ? '' : texts.sizes(size),
  ]
    .filter(Boolean)
    .join(', ');
}
