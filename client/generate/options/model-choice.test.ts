import { describe, expect, it } from 'vitest';
import {
  acceptedOptions,
  chooseModel,
  type Model,
  noOptions,
  parseInteger,
  type WantedOptions,
} from './model-choice.ts';
import { enumOption, integerOption, modelData, seedOption } from '../../testing/models.ts';

const atelier = { id: 'provider-2', label: 'Atelier', sandbox: false };
const fast = modelData({ id: 'fast' });
const edit = modelData({ id: 'edit' });
const brush = modelData({ id: 'brush', provider: atelier });
const ink = modelData({ id: 'ink', provider: atelier });

describe('choosing a model', () => {
  const allModels = [fast, edit, brush, ink];
  const choose = (models: Model[], wantedId: string | undefined) => {
    const { model, replaced } = chooseModel({ models, allModels, wantedId });
    return [model?.id, replaced?.id];
  };

  it('begins with the first', () => {
    expect(choose([fast, edit], undefined)).toEqual(['fast', undefined]);
  });

  it('keeps the wanted model where it fits the scene', () => {
    expect(choose([edit, brush], 'brush')).toEqual(['brush', undefined]);
  });

  it('replaces one that does not fit by another of the same provider, and says which it was', () => {
    expect(choose([edit, brush], 'ink')).toEqual(['brush', 'ink']);
    expect(choose([edit], 'ink')).toEqual(['edit', 'ink']);
  });

  it('says nothing of a model that is not offered any more', () => {
    expect(choose([fast], 'gone')).toEqual(['fast', undefined]);
  });

  it('has none where the scene has none', () => {
    expect(choose([], 'fast')).toEqual([undefined, 'fast']);
    expect(choose([], undefined)).toEqual([undefined, undefined]);
  });
});

describe('the options of a request', () => {
  const wanted: WantedOptions = {
    ...noOptions,
    count: 4,
    aspectRatio: '16:9',
    resolution: '2K',
    outputFormat: 'png',
    seed: '7',
  };

  it('holds what the model offers and nothing else', () => {
    expect(acceptedOptions(fast, wanted)).toEqual({ count: 4, aspectRatio: '16:9' });
    const rich = modelData({
      id: 'rich',
      options: [
        ...fast.options,
        enumOption('resolution', '1K', '2K'),
        enumOption('outputFormat', 'png'),
        seedOption,
        enumOption('newerThanThisClient', 'a'),
      ],
    });
    expect(acceptedOptions(rich, wanted)).toEqual({
      count: 4,
      aspectRatio: '16:9',
      resolution: '2K',
      outputFormat: 'png',
      seed: 7,
    });
  });

  it('asks for no more images than the model makes', () => {
    expect(
      acceptedOptions(modelData({ id: 'one', options: [integerOption('count', 1, 1)] }), wanted).count,
    ).toBe(1);
  });

  it("keeps a reference's shape only where there is a reference", () => {
    const matching = { ...wanted, aspectRatio: 'match_input_image' };
    const options = [enumOption('aspectRatio', 'match_input_image', '1:1')];
    expect(acceptedOptions(modelData({ id: 'edit', options }), matching)).toMatchObject({
      aspectRatio: 'match_input_image',
    });
    expect(acceptedOptions(fast, matching)).not.toHaveProperty('aspectRatio');
  });
});

describe('parseInteger', () => {
  it.each([
    ['', undefined],
    ['  ', undefined],
    ['0', 0],
    [' 42 ', 42],
    ['2147483647', 2_147_483_647],
    ['2147483648', 'invalid'],
    ['-1', 'invalid'],
    ['1.5', 'invalid'],
    ['1e3', 'invalid'],
    ['abc', 'invalid'],
  ] as const)('reads %j as %j', (text, seed) => {
    expect(parseInteger(text, seedOption)).toBe(seed);
  });
});
