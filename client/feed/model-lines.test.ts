import { expect, it } from 'vitest';
import { enumOption, integerOption, modelData } from '../testing/models.ts';
import { modelLines, suitsText } from './model-lines.ts';

const count = (max: number) => integerOption('count', 1, max);
const quick = modelData({
  id: 'quick',
  typicalDurationMs: 2_000,
  maxReferenceImages: 0,
  options: [count(4)],
});
const large = { id: 'large', typicalDurationMs: 20_000, maxReferenceImages: 14 };
const largeText = modelData({
  ...large,
  options: [count(1), enumOption('resolution', '1K', '4K', '2K')],
  costCredits: 2,
});
const largePictures = modelData({ ...largeText, costCredits: 5 });
const linesOf = (...models: ReturnType<typeof modelData>[]) => modelLines({ all: () => models });

it('has one line for each model, with what sets it apart and its price in both scenes', () => {
  const lines = linesOf(quick, largeText, largePictures);
  expect(
    lines.map(({ label, lowestCredits, highestCredits }) => [label, lowestCredits, highestCredits]),
  ).toEqual([
    ['quick', 2, 2],
    ['large', 2, 5],
  ]);
  expect(lines.map(suitsText)).toEqual([
    'quick drafts, about 2 s, series of up to 4',
    'changing up to 14 pictures of yours, sizes up to 4K',
  ]);
});

it('calls no model the fastest where several are as fast, and none where no time is known', () => {
  const asFast = modelData({ ...quick, id: 'as-fast' });
  const unknown = modelData({ ...quick, id: 'unknown', typicalDurationMs: null });
  expect(linesOf(quick, asFast).map(({ fastestMs }) => fastestMs)).toEqual([undefined, undefined]);
  expect(linesOf(unknown, quick).map(({ fastestMs }) => fastestMs)).toEqual([undefined, undefined]);
});

it('names the provider of models with the same name, and takes megapixels for no size in words', () => {
  const other = modelData({
    id: 'other',
    label: 'quick',
    provider: { id: 'provider-2', label: 'Kiln', sandbox: false },
    options: [enumOption('resolution', '1', '0.25')],
  });
  const lines = linesOf(quick, other);
  expect(lines.map(({ label }) => label)).toEqual(['quick, Forge', 'quick, Kiln']);
  expect(lines[1]!.largestSize).toBeUndefined();
});
