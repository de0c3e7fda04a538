/** The sandbox has schemas of its own. These hold them to the catalogue, so that neither changes alone. */
import { describe, expect, it } from 'vitest';
import { servedModels } from '../sandbox/gemini/model.ts';
import { replicateModels } from '../sandbox/replicate/models.ts';
import { checkInput, type FieldRule } from '../sandbox/replicate/validation.ts';
import { catalogue, findModel, matchInputImage, type CatalogueModel } from '../server/models/catalogue.ts';
import { optionNames } from '../server/providers/provider.ts';
import { replicateFields } from '../server/providers/replicate-input.ts';

const offered = catalogue.filter(({ provider, retired }) => provider === 'replicate' && !retired);
const address = 'https://pictures.example/1.png';

const emulated = (model: CatalogueModel) => replicateModels.find(({ name }) => name === model.name);

/** An option without a choice, which is not sent. */
const onlyOne = { type: 'integer', min: 1, max: 1, default: 1 };

/** `size: custom` needs a width and a height, which the catalogue does not offer. */
const withoutCustom = (rule: FieldRule | undefined) =>
  rule?.type === 'enum' ? { ...rule, values: rule.values.filter((value) => value !== 'custom') } : rule;

function faults(model: CatalogueModel, input: object) {
  const { fields = {}, required = [] } = emulated(model) ?? {};
  return checkInput({ prompt: 'a fox', ...input }, fields, required);
}

describe('the models that the sandbox emulates for Replicate', () => {
  it('are those of the catalogue', () => {
    expect(replicateModels.map(({ name }) => name)).toEqual(offered.map(({ name }) => name));
  });

  describe.each(offered)('of $name', (model) => {
    it.each(optionNames)('take the %s of the catalogue, and no other', (option) => {
      const spec = model.options[option];
      const fields = emulated(model)?.fields ?? {};
      const field = replicateFields(model.name)[option];
      const fieldsElsewhere = offered.flatMap(({ name }) => replicateFields(name)[option] ?? []);
      expect(fieldsElsewhere.filter((name) => name !== field && fields[name])).toEqual([]);
      if (field === undefined) return expect([undefined, onlyOne]).toContainEqual(spec);
      if (spec?.type === 'enum')
        return expect(withoutCustom(fields[field])).toEqual({ type: 'enum', values: spec.values });
      const { default: _, ...bounds } = spec ?? {};
      expect({ ...bounds, ...fields[field] }).toEqual(bounds);
    });
  });

  it.each(offered)('take as many pictures as $name, and not one more', (model) => {
    const references = (count: number) => ({ image_input: Array<string>(count).fill(address) });
    if (model.maxReferenceImages > 0) expect(faults(model, references(model.maxReferenceImages))).toEqual([]);
    expect(faults(model, references(model.maxReferenceImages + 1))).not.toEqual([]);
  });

  it.each(offered)('take the further options of $name, within the same limits', (model) => {
    for (const [name, { description: _, ...option }] of Object.entries(model.providerOptions))
      expect(emulated(model)?.fields[name], name).toEqual(option);
  });

  it.each(offered)('have each field of $name either as an option or as a further option', (model) => {
    const further = Object.keys(model.providerOptions);
    expect(Object.values(replicateFields(model.name)).filter((field) => further.includes(field))).toEqual([]);
  });

  it.each(offered)('draw as many pictures from references as $name, together', (model) => {
    const { maxImagesTotal } = model;
    const refusal = (references: number, images: number) =>
      emulated(model)?.plan({
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

describe('the models that the sandbox emulates for Gemini', () => {
  it('are those of the catalogue', () => {
    const names = catalogue.filter(({ provider, retired }) => provider === 'gemini' && !retired);
    expect(servedModels.map(({ name }) => findModel(name)?.name)).toEqual(names.map(({ name }) => name));
  });

  it.each(servedModels)('take what the catalogue says: $name', (servedModel) => {
    const model = findModel(servedModel.name);
    const { aspectRatio, resolution } = model?.options ?? {};
    expect([matchInputImage, ...Object.keys(servedModel.sizes)]).toEqual(aspectRatio?.values);
    expect(servedModel.imageSizes).toEqual(resolution?.values);
    expect(servedModel.defaultImageSize).toBe(resolution?.default);
    expect(servedModel.maxImages).toBe(model?.maxReferenceImages);
    expect(servedModel.maxImageBytes).toBe(model?.maxReferenceBytes);
  });
});
