import { describe, expect, it } from 'vitest';
import {
  acceptedOptions,
  affordable,
  chooseModel,
  type Model,
  parseSeed,
  type WantedOptions,
} from './model-choice.ts';
import { modelData } from '../../testing/models.ts';

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
    count: 4,
    aspectRatio: '16:9',
    resolution: '2K',
    outputFormat: 'png',
    seed: '7',
  };

  it('holds what the model offers and nothing else', () => {
    expect(acceptedOptions(fast, 'TEXT_TO_IMAGE', wanted)).toEqual({ count: 4, aspectRatio: '16:9' });
    const rich = modelData({
      id: 'rich',
      resolutions: ['1K', '2K'],
      outputFormats: ['png'],
      supportsSeed: true,
    });
    expect(acceptedOptions(rich, 'TEXT_TO_IMAGE', wanted)).toEqual({
      count: 4,
      aspectRatio: '16:9',
      resolution: '2K',
      outputFormat: 'png',
      seed: 7,
    });
  });

  it('asks for no more images than the model makes', () => {
    expect(acceptedOptions(modelData({ id: 'one', maxImages: 1 }), 'TEXT_TO_IMAGE', wanted).count).toBe(1);
  });

  it("keeps a reference's shape only where there is a reference", () => {
    const model = modelData({ id: 'edit', aspectRatios: ['match_input_image', '1:1'] });
    const matching = { ...wanted, aspectRatio: 'match_input_image' };
    expect(acceptedOptions(model, 'IMAGE_TO_IMAGE', matching)).toMatchObject({
      aspectRatio: 'match_input_image',
    });
    expect(acceptedOptions(model, 'TEXT_TO_IMAGE', matching)).not.toHaveProperty('aspectRatio');
  });
});

describe('parseSeed', () => {
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
    expect(parseSeed(text)).toBe(seed);
  });
});

const xl = modelData({ id: 'xl', costCredits: 8 });
const costlyEdit = modelData({ id: 'edit', costCredits: 6 });
const turbo = modelData({ id: 'turbo', costCredits: 2, maxReferenceImages: 1 });

const offer = (changes: Partial<Parameters<typeof affordable>[0]>) => {
  const found = affordable({
    models: [xl, costlyEdit, turbo],
    chosen: xl,
    count: 1,
    referenceCount: 0,
    balanceCredits: 7,
    ...changes,
  });
  return found && [found.model.id, found.count, found.costCredits];
};

describe('what a balance is enough for', () => {
  it('is the dearest of the cheaper models', () => {
    expect(offer({})).toEqual(['edit', 1, 6]);
    expect(offer({ balanceCredits: 5 })).toEqual(['turbo', 1, 2]);
  });

  it('is a model that can do the same: as many images, as many references', () => {
    expect(offer({ count: 3 })).toEqual(['turbo', 3, 6]);
    expect(offer({ balanceCredits: 5, referenceCount: 2 })).toBeUndefined();
  });

  it('is fewer images from the chosen model where no other helps', () => {
    expect(offer({ models: [costlyEdit], chosen: costlyEdit, count: 4, balanceCredits: 13 })).toEqual([
      'edit',
      2,
      12,
    ]);
  });

  it('is nothing where even one image costs too much, or the balance is not known', () => {
    expect(offer({ balanceCredits: 1 })).toBeUndefined();
    expect(offer({ balanceCredits: undefined })).toBeUndefined();
    expect(offer({ chosen: undefined })).toBeUndefined();
  });
});
