import { describe, expect, it } from 'vitest';
import { catalogue } from '../models/catalogue.ts';
import { optionsIn } from '../models/options.ts';
import type { Scene } from '../providers/provider.ts';
import { checkReferenceBytes, checkRequest, requestHash, type RequestInput } from './request.ts';

const flux = 'black-forest-labs/flux-schnell';
const input = (changes: Partial<RequestInput> = {}): RequestInput => ({
  model: flux,
  prompt: 'A lighthouse',
  scene: 'TEXT_TO_IMAGE',
  referenceImageIds: [],
  options: {},
  providerOptions: undefined,
  ...changes,
});
const fault = (changes: Partial<RequestInput>) => {
  try {
    checkRequest(input(changes));
    return 'accepted';
  } catch (error) {
    const { code, field } = error as { code: string; field: string };
    return `${code} ${field}`;
  }
};
const images = (count: number) => Array.from({ length: count }, (_, index) => `image-${index}`);

describe('checkRequest', () => {
  it('fills in the defaults of each model and scene', () => {
    expect(checkRequest(input()).options).toEqual({
      count: 1,
      aspectRatio: '1:1',
      resolution: '1',
      outputFormat: 'webp',
    });
    const edit = input({ model: 'google/nano-banana', scene: 'IMAGE_TO_IMAGE', referenceImageIds: ['a'] });
    expect(checkRequest(edit).options).toEqual({
      count: 1,
      aspectRatio: 'match_input_image',
      outputFormat: 'jpg',
    });
  });

  it('charges 2 credits an image from text and 4 from images', () => {
    expect(checkRequest(input({ options: { count: 3 } })).costCredits).toBe(6);
    const edit = {
      model: 'bytedance/seedream-4',
      scene: 'IMAGE_TO_IMAGE' as Scene,
      referenceImageIds: ['a'],
    };
    expect(checkRequest(input({ ...edit, options: { count: 2 } })).costCredits).toBe(8);
  });

  it('takes both names of the Gemini model', () => {
    const names = ['gemini-3-pro-image-preview', 'gemini-3-pro-image'];
    for (const model of names) expect(checkRequest(input({ model })).model.name).toBe(names[0]);
  });

  it.each<[string, Partial<RequestInput>, string]>([
    ['an unknown model', { model: 'x/y' }, 'model'],
    ["a provider that is not the model's", { provider: 'gemini' }, 'provider'],
    ['a scene that the model lacks', { scene: 'IMAGE_TO_IMAGE', referenceImageIds: ['a'] }, 'scene'],
    ['an empty prompt', { prompt: ' \n ' }, 'prompt'],
    ['2,001 characters', { prompt: 'a'.repeat(2001) }, 'prompt'],
    ['a NUL in the prompt', { prompt: 'a\0b' }, 'prompt'],
    ['a lone surrogate', { prompt: 'a\uD800b' }, 'prompt'],
    ['references given to text-to-image', { referenceImageIds: ['a'] }, 'referenceImages'],
    [
      'no reference for image-to-image',
      { model: 'google/nano-banana', scene: 'IMAGE_TO_IMAGE' },
      'referenceImages',
    ],
    [
      'too many references',
      { model: 'google/nano-banana', scene: 'IMAGE_TO_IMAGE', referenceImageIds: images(11) },
      'referenceImages',
    ],
    [
      'references and results beyond their sum',
      {
        model: 'bytedance/seedream-4',
        scene: 'IMAGE_TO_IMAGE',
        referenceImageIds: images(10),
        options: { count: 6 },
      },
      'options.count',
    ],
    ['a count of 0', { options: { count: 0 } }, 'options.count'],
    ['too high a count', { options: { count: 5 } }, 'options.count'],
    ['an unknown ratio', { options: { aspectRatio: '7:5' } }, 'options.aspectRatio'],
    [
      "the reference's ratio without a reference",
      { model: 'google/nano-banana', options: { aspectRatio: 'match_input_image' } },
      'options.aspectRatio',
    ],
    ['an unknown resolution', { options: { resolution: '8K' } }, 'options.resolution'],
    [
      'a resolution where there is no choice',
      { model: 'google/nano-banana', options: { resolution: '1K' } },
      'options.resolution',
    ],
    ['an unknown format', { options: { outputFormat: 'gif' } }, 'options.outputFormat'],
    ['a negative seed', { options: { seed: -1 } }, 'options.seed'],
    [
      'a seed where the model takes none',
      { model: 'google/nano-banana', options: { seed: 1 } },
      'options.seed',
    ],
    ['an unknown provider option', { providerOptions: { megapixels: '1' } }, 'providerOptions.megapixels'],
    [
      "a name from Object's prototype",
      { providerOptions: { constructor: 1 } },
      'providerOptions.constructor',
    ],
    [
      'a provider option out of range',
      { providerOptions: { num_inference_steps: 9 } },
      'providerOptions.num_inference_steps',
    ],
    ['a provider option of another type', { providerOptions: { go_fast: 'yes' } }, 'providerOptions.go_fast'],
    ['provider options that are a list', { providerOptions: [] }, 'providerOptions'],
  ])('refuses %s', (_, changes, field) => {
    expect(fault(changes)).toBe(`INVALID_INPUT ${field}`);
  });

  it('counts characters as code points, after trimming', () => {
    expect(checkRequest(input({ prompt: ` ${'🦊'.repeat(2000)} ` })).prompt).toBe('🦊'.repeat(2000));
    expect(fault({ prompt: '🦊'.repeat(2001) })).toBe('INVALID_INPUT prompt');
  });

  it('accepts every option that the catalogue offers', () => {
    for (const model of catalogue)
      for (const scene of model.scenes)
        for (const option of optionsIn(model, scene))
          for (const value of option.type === 'enum' ? option.values : [option.min, option.max]) {
            const options = { [option.name]: value };
            const isAtLimit = scene === 'IMAGE_TO_IMAGE' && options.count === model.maxImagesTotal;
            const referenceImageIds = scene === 'IMAGE_TO_IMAGE' ? ['a'] : [];
            if (!isAtLimit)
              expect(fault({ model: model.name, scene, referenceImageIds, options })).toBe('accepted');
          }
  });
});

describe('requestHash', () => {
  const hash = (changes: Partial<RequestInput>, references: string[] = []) =>
    requestHash(checkRequest(input(changes)), references);

  it('does not depend on the order of keys, nor on defaults being spelled out', () => {
    const a = hash({ providerOptions: { go_fast: true, output_quality: 90 } });
    const b = hash({
      providerOptions: { output_quality: 90, go_fast: true },
      options: { count: 1, aspectRatio: '1:1' },
    });
    expect(a).toBe(b);
  });

  it('keeps the form that nodes of other versions compare', () => {
    const options = { count: 2, aspectRatio: '16:9', resolution: '0.25', outputFormat: 'png', seed: 7 };
    const providerOptions = { output_quality: 90, go_fast: true };
    expect(hash({ options, providerOptions })).toBe(
      'a81e8576c791d2d9d5e40f6b0dd3d230d9cbb81e2b5e26a1937383e4620b40f5',
    );
  });

  it('differs where anything that is asked for differs', () => {
    const hashes = [
      hash({}),
      hash({ prompt: 'b' }),
      hash({ options: { seed: 1 } }),
      hash({ model: 'google/nano-banana' }),
      hash({}, ['a']),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('checkReferenceBytes', () => {
  it('refuses what one request cannot carry', () => {
    const gemini = catalogue.find(({ provider }) => provider === 'gemini')!;
    expect(() => checkReferenceBytes(gemini, [7_000_000, 7_000_000])).not.toThrow();
    expect(() => checkReferenceBytes(gemini, [7_000_001])).toThrow(/7 MB each/);
    expect(() => checkReferenceBytes(gemini, [5_000_000, 5_000_000, 5_000_000])).toThrow(/14 MB/);
  });
});
