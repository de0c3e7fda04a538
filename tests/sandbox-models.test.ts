/** The sandbox has schemas of its own. These hold them to the catalogue, so that neither changes alone. */
import { describe, expect, it } from 'vitest';
import { servedModel } from '../sandbox/gemini/model.ts';
import { replicateModels } from '../sandbox/replicate/models.ts';
import { checkInput } from '../sandbox/replicate/validation.ts';
import { catalogue, findModel, matchInputImage, type CatalogueModel } from '../server/models/catalogue.ts';

const offered = catalogue.filter(({ provider, retired }) => provider === 'replicate' && !retired);
const address = 'https://pictures.example/1.png';

/** The rule of the first of these fields that the emulated model has. */
function ruleOf(model: CatalogueModel, ...names: string[]) {
  const fields = replicateModels.find(({ name }) => name === model.name)?.fields ?? {};
  return names.map((name) => fields[name]).find((rule) => rule !== undefined);
}

function valuesOf(model: CatalogueModel, ...names: string[]): readonly string[] {
  const rule = ruleOf(model, ...names);
  return rule?.type === 'enum' ? rule.values : [];
}

function faults(model: CatalogueModel, input: object) {
  const { fields = {}, required = [] } = replicateModels.find(({ name }) => name === model.name) ?? {};
  return checkInput({ prompt: 'a fox', ...input }, fields, required);
}

describe('the models that the sandbox emulates for Replicate', () => {
  it('are those of the catalogue', () => {
    expect(replicateModels.map(({ name }) => name)).toEqual(offered.map(({ name }) => name));
  });

  it.each(offered)('take the aspect ratios and formats of $name', (model) => {
    expect(valuesOf(model, 'aspect_ratio')).toEqual(model.aspectRatios);
    expect(valuesOf(model, 'output_format')).toEqual(model.outputFormats);
    const resolutions = valuesOf(model, 'megapixels', 'size').filter((value) => value !== 'custom');
    expect(resolutions).toEqual(model.resolutions);
  });

  it.each(offered)('take as many pictures as $name, and not one more', (model) => {
    const references = (count: number) => ({ image_input: Array<string>(count).fill(address) });
    if (model.maxReferenceImages > 0) expect(faults(model, references(model.maxReferenceImages))).toEqual([]);
    expect(faults(model, references(model.maxReferenceImages + 1))).not.toEqual([]);
    const images = ruleOf(model, 'num_outputs', 'max_images');
    expect(images?.type === 'integer' ? images.max : 1).toBe(model.maxImages);
  });

  it.each(offered)('take the further options of $name, within the same limits', (model) => {
    for (const [name, { description: _, ...option }] of Object.entries(model.providerOptions))
      expect(ruleOf(model, name), name).toEqual(option);
    expect(ruleOf(model, 'seed')?.type).toBe(model.supportsSeed ? 'integer' : undefined);
  });

  it.each(offered)('draw as many pictures from references as $name, together', (model) => {
    const { maxImagesTotal } = model;
    const emulated = replicateModels.find(({ name }) => name === model.name);
    const refusal = (references: number, images: number) =>
      emulated?.plan({
        prompt: 'a fox',
        image_input: Array<string>(references).fill(address),
        sequential_image_generation: 'auto',
        max_images: images,
      }).refusal;
    if (maxImagesTotal === undefined) return expect(refusal(model.maxReferenceImages, 1)).toBeUndefined();
    expect(refusal(1, maxImagesTotal - 1)).toBeUndefined();
    expect(refusal(2, maxImagesTotal - 1)).toBeDefined();
  });
});

describe('the model that the sandbox emulates for Gemini', () => {
  it('is the one of the catalogue', () => {
    const model = findModel(servedModel.name);
    const ratios = model?.aspectRatios.filter((ratio) => ratio !== matchInputImage);
    expect(Object.keys(servedModel.sizes)).toEqual(ratios);
    expect(servedModel.imageSizes).toEqual(model?.resolutions);
    expect(servedModel.defaultImageSize).toBe(model?.defaultResolution);
    expect(servedModel.maxImages).toBe(model?.maxReferenceImages);
    expect(servedModel.maxImageBytes).toBe(model?.maxReferenceBytes);
  });
});
