import { AppError } from '../lib/errors.ts';
import { builder } from '../graphql/builder.ts';
import { optionNames, type Scene as SceneName } from '../providers/provider.ts';
import { catalogue, type CatalogueModel, costCredits, maxImages, providerNames } from './catalogue.ts';
import { checkValue, type ModelOption, optionsIn } from './options.ts';
import type { ModelService, Provider as ProviderShape } from './service.ts';

declare module '../graphql/context.ts' {
  interface Services {
    models: ModelService;
  }
}

export const Scene = builder.enumType('Scene', {
  description: 'What an image is made from.',
  values: {
    TEXT_TO_IMAGE: { description: 'From the prompt alone.' },
    IMAGE_TO_IMAGE: { description: 'From the prompt and at least one reference image.' },
  } as const,
});

export const Provider = builder.objectRef<ProviderShape>('Provider');
export const Model = builder.objectRef<CatalogueModel>('Model');

/** For descriptions: the names of all providers, in Markdown. */
export const providerNamesText = providerNames.map((name) => `\`${name}\``).join(' or ');

const modelsComplexity = { multiplier: catalogue.length };

builder.node(Provider, {
  description: 'A service that makes images, such as Replicate.',
  id: { resolve: ({ name }) => name },
  loadOne: (name, { models }) => models.providers().find((provider) => provider.name === name),
  fields: (t) => ({
    name: t.exposeString('name', { description: `${providerNamesText}.` }),
    label: t.exposeString('label', { description: 'The name to show.' }),
    sandbox: t.exposeBoolean('sandbox', {
      description: 'True where no key is set, so that requests go to the built-in emulator of this provider.',
    }),
    models: t.field({
      type: [Model],
      complexity: modelsComplexity,
      description: 'The models that are offered of this provider, always in the same order.',
      args: { scene: t.arg({ type: Scene, description: 'Only models that take this scene.' }) },
      resolve: ({ name }, { scene }, { models }) => select(models.models(), scene, name),
    }),
  }),
});

const OptionType = builder.enumType('OptionType', {
  description: 'What values an option takes.',
  values: {
    INTEGER: { value: 'integer', description: 'A number from `min` to `max`.' },
    ENUM: { value: 'enum', description: 'One of `values`.' },
  },
});

const ModelOptionType = builder.objectRef<ModelOption>('ModelOption').implement({
  description: 'An option of a model, and the values that a request may give it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The field of `ImageOptionsInput`.' }),
    type: t.expose('type', { type: OptionType, description: 'What values it takes.' }),
    values: t.stringList({
      description: 'Empty for an INTEGER.',
      resolve: (option) => (option.type === 'enum' ? [...option.values] : []),
    }),
    min: t.int({
      nullable: true,
      description: 'Null for an ENUM.',
      resolve: (option) => (option.type === 'integer' ? option.min : null),
    }),
    max: t.int({
      nullable: true,
      description: 'Null for an ENUM.',
      resolve: (option) => (option.type === 'integer' ? option.max : null),
    }),
    default: t.string({
      nullable: true,
      description: 'The value of a request that gives none, as text; null where the provider chooses.',
      resolve: (option) => (option.default === undefined ? null : String(option.default)),
    }),
  }),
});

builder.node(Model, {
  description: 'A model and its limits: a request outside them is refused.',
  id: { resolve: ({ name }) => name },
  loadOne: (name, { models }) => models.find(name),
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'As the provider spells it: `google/nano-banana`. Accepted by `GenerateImageInput.model`.',
    }),
    label: t.exposeString('label', { description: 'The name to show.' }),
    provider: t.field({
      type: Provider,
      description: 'The service that runs it.',
      resolve: (model, _, { models }) => models.provider(model.provider),
    }),
    retired: t.boolean({
      description:
        'True where it is no longer offered: `models` leaves it out, `generateImage` refuses it, and only tasks that were made with it lead to it.',
      resolve: (model) => model.retired ?? false,
    }),
    scenes: t.field({
      type: [Scene],
      description: 'What it can start from.',
      resolve: (model) => [...model.scenes],
    }),
    maxReferenceImages: t.exposeInt('maxReferenceImages', {
      description: '0 where the model takes no reference image.',
    }),
    maxReferenceBytes: t.exposeInt('maxReferenceBytes', { description: 'The largest reference image.' }),
    maxReferenceBytesTotal: t.exposeInt('maxReferenceBytesTotal', {
      description: 'The reference images together.',
    }),
    costCredits: t.int({
      description: 'The price, binding: a task is never charged more.',
      args: {
        scene: t.arg({ type: Scene, required: true, description: 'The scene of the request.' }),
        count: t.arg.int({ defaultValue: 1, description: 'How many images, 1 to `maxImages`.' }),
      },
      resolve: (model, { scene, count }) => priceOf(model, scene, count ?? 1),
    }),
    typicalDurationMs: t.int({
      nullable: true,
      description:
        "Median run time over this installation's own tasks, or the published figure until there are enough. Null for a retired model.",
      resolve: (model, _, { models }) => (model.retired ? null : models.typicalDurationMs(model)),
    }),
  }),
});

/** What a request may give the model: its options in one list, and each by its name. */
builder.objectFields(Model, (t) => ({
  options: t.field({
    type: [ModelOptionType],
    description:
      'What `GenerateImageInput.options` may hold for this model in that scene, in the order of a form.',
    complexity: { multiplier: optionNames.length },
    args: { scene: t.arg({ type: Scene, required: true, description: 'The scene of the request.' }) },
    resolve: (model, { scene }) => optionsIn(model, scene),
  }),
  maxImages: t.int({ description: 'The largest `count`.', resolve: maxImages }),
  aspectRatios: t.stringList({
    description: 'The values of `aspectRatio`; empty where the model takes none.',
    resolve: (model) => [...(model.options.aspectRatio?.values ?? [])],
  }),
  resolutions: t.stringList({
    description: 'The values of `resolution`; empty where the model takes none.',
    resolve: (model) => [...(model.options.resolution?.values ?? [])],
  }),
  outputFormats: t.stringList({
    description: 'Empty where the provider chooses.',
    resolve: (model) => [...(model.options.outputFormat?.values ?? [])],
  }),
  supportsSeed: t.boolean({
    description: 'Whether `seed` may be given.',
    resolve: (model) => model.options.seed !== undefined,
  }),
  providerOptions: t.field({
    type: 'JSON',
    description:
      'What `GenerateImageInput.providerOptions` may hold for this model: name → type, bounds, description.',
    resolve: (model) => model.providerOptions,
  }),
}));

/** @throws {AppError} INVALID_INPUT where the model does not make so many images */
function priceOf(model: CatalogueModel, scene: SceneName, count: number): number {
  // The limits of a retired model are not always known, and its tasks must stay readable.
  const spec = optionsIn(model, scene).find(({ name }) => name === 'count');
  if (!model.retired && spec) checkValue(spec, count, { label: model.label, name: 'count', field: 'count' });
  return costCredits(scene, count);
}

builder.queryFields((t) => ({
  providers: t.field({
    type: [Provider],
    access: 'public',
    complexity: { multiplier: providerNames.length },
    description: 'Every provider of this installation, always in the same order. Needs no session.',
    resolve: (_, __, { models }) => models.providers(),
  }),
  models: t.field({
    type: [Model],
    access: 'public',
    complexity: modelsComplexity,
    description: 'The models that are offered, always in the same order. Needs no session.',
    args: {
      scene: t.arg({ type: Scene, description: 'Only models that take this scene.' }),
      provider: t.arg.string({ description: 'Only models of this provider: `Provider.name`.' }),
    },
    resolve: (_, { scene, provider }, { models }) =>
      select(models.models(), scene, checkedProvider(provider)),
  }),
}));

function select(
  models: readonly CatalogueModel[],
  scene: SceneName | null | undefined,
  provider?: string | null,
) {
  return models.filter(
    (model) => (!scene || model.scenes.includes(scene)) && (provider == null || model.provider === provider),
  );
}

/** The argument, where it names a provider of the catalogue. @throws {AppError} INVALID_INPUT */
function checkedProvider(provider: string | null | undefined) {
  if (provider == null || (providerNames as string[]).includes(provider)) return provider;
  throw new AppError('INVALID_INPUT', `A provider is ${providerNames.join(' or ')}.`, 'provider');
}
