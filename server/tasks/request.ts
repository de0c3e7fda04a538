/** Checks a request for images against the catalogue, and fills in the defaults. */
import { createHash, randomInt } from 'node:crypto';
import { AppError } from '../lib/errors.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';
import {
  type CatalogueModel,
  catalogue,
  costCredits,
  findModel,
  maxPromptCharacters,
} from '../models/catalogue.ts';
import { checkValue, optionsIn } from '../models/options.ts';
import {
  type GenerationOptions,
  type OptionName,
  optionNames,
  type OptionValues,
  type Scene,
} from '../providers/provider.ts';

/** What a caller asks for, before any check. */
export interface RequestInput {
  /** The model's name or one of its aliases. */
  model: string;
  prompt: string;
  scene: Scene;
  provider?: string | undefined;
  referenceImageIds: string[];
  options: { [Name in OptionName]?: OptionValues[Name] | null | undefined };
  providerOptions: unknown;
}

/** A request that its model can carry out, as far as the catalogue tells. */
export interface CheckedRequest {
  model: CatalogueModel;
  prompt: string;
  scene: Scene;
  options: GenerationOptions;
  providerOptions: JsonObject;
  costCredits: number;
}

/** @throws {AppError} INVALID_INPUT with the field at fault, as its path in `GenerateImageInput`. */
export function checkRequest(
  input: RequestInput,
  models: readonly CatalogueModel[] = catalogue,
): CheckedRequest {
  const model = findModel(input.model, models);
  if (model?.retired) throw invalid('model', `${model.label} is no longer offered. Choose another model.`);
  if (!model) throw invalid('model', 'There is no such model. Ask for `models` to see those there are.');
  if (input.provider !== undefined && input.provider !== model.provider)
    throw invalid(
      'provider',
      `${model.label} belongs to the provider "${model.provider}". Leave provider out, or name that.`,
    );
  const { scene } = input;
  if (!model.scenes.includes(scene))
    throw invalid('scene', `${model.label} cannot do ${scene}. It can do ${model.scenes.join(' and ')}.`);
  const prompt = checkPrompt(input.prompt);
  const options = checkOptions(model, scene, input.options);
  checkReferenceCount(model, scene, input.referenceImageIds.length, options.count);
  const providerOptions = checkProviderOptions(model, input.providerOptions);
  return { model, prompt, scene, options, providerOptions, costCredits: costCredits(scene, options.count) };
}

/**
 * A hash of `generateImage` and its whole input, the same whatever the order of the input's keys. Nodes of different
 * versions compare it, so its form stays as it is.
 */
export function requestHash(request: CheckedRequest, referenceImageIds: string[], parentId?: string): string {
  const { model, prompt, scene, options, providerOptions } = request;
  const parts = [
    model.name,
    scene,
    prompt,
    sortedEntries({ ...options }),
    sortedEntries(providerOptions),
    referenceImageIds,
    ...(parentId === undefined ? [] : [parentId]),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * A hash of `retryTask` and its whole input, different from every `requestHash`. Earlier versions stored the
 * `requestHash` of the retried task instead, which does not tell the two operations apart: a repeat of such a retry
 * conflicts until its key expires, and charges nothing.
 */
export function retryHash(taskId: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['retryTask', taskId]))
    .digest('hex');
}

/** @throws {AppError} INVALID_INPUT where a reference is larger than the model takes, alone or with the others. */
export function checkReferenceBytes(model: CatalogueModel, byteSizes: number[]): void {
  const megabytes = (bytes: number) => `${Math.floor(bytes / 100_000) / 10} MB`;
  if (byteSizes.some((size) => size > model.maxReferenceBytes))
    throw invalid(
      'referenceImages',
      `${model.label} takes reference images of up to ${megabytes(model.maxReferenceBytes)} each.`,
    );
  if (byteSizes.reduce((sum, size) => sum + size, 0) > model.maxReferenceBytesTotal)
    throw invalid(
      'referenceImages',
      `${model.label} takes up to ${megabytes(model.maxReferenceBytesTotal)} of reference images in all.`,
    );
}

/**
 * The options with a seed, where the model takes one and the request has none: so that each result can be repeated.
 * `isSeedChosen` tells whether the seed is not the request's own.
 */
export function withSeed({ model, options }: Pick<CheckedRequest, 'model' | 'options'>): {
  options: GenerationOptions;
  isSeedChosen: boolean;
} {
  const spec = model.options.seed;
  if (!spec || options.seed !== undefined) return { options, isSeedChosen: false };
  return { options: { ...options, seed: randomInt(spec.min, spec.max + 1) }, isSeedChosen: true };
}

function invalid(field: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, field);
}

function checkPrompt(text: string): string {
  const prompt = text.trim();
  const length = [...prompt].length;
  if (length === 0) throw invalid('prompt', 'Write what you want to see: the prompt is empty.');
  if (length > maxPromptCharacters)
    throw invalid('prompt', `The prompt has ${length} characters. The limit is ${maxPromptCharacters}.`);
  // PostgreSQL stores no NUL, and lone surrogates are no text.
  if (prompt.includes('\0') || !prompt.isWellFormed())
    throw invalid('prompt', 'The prompt holds characters that are not text. Remove them.');
  return prompt;
}

function checkOptions(
  model: CatalogueModel,
  scene: Scene,
  wanted: RequestInput['options'],
): GenerationOptions {
  const offered = optionsIn(model, scene);
  const entries = optionNames.flatMap((name): [OptionName, number | string][] => {
    const spec = offered.find((option) => option.name === name);
    const value = wanted[name] ?? spec?.default;
    if (value === undefined) return [];
    const field = `options.${name}`;
    if (!spec) throw invalid(field, `${model.label} takes no ${name}: leave it out.`);
    checkValue(spec, value, { label: model.label, name, field });
    return [[name, value]];
  });
  return { count: 1, ...Object.fromEntries(entries) };
}

function checkReferenceCount(model: CatalogueModel, scene: Scene, references: number, count: number): void {
  if (scene === 'TEXT_TO_IMAGE') {
    if (references > 0)
      throw invalid(
        'referenceImages',
        'TEXT_TO_IMAGE takes no reference images. Use IMAGE_TO_IMAGE, or leave them out.',
      );
    return;
  }
  if (references === 0) throw invalid('referenceImages', 'Add at least one image to start from.');
  if (references > model.maxReferenceImages)
    throw invalid(
      'referenceImages',
      `${model.label} takes up to ${model.maxReferenceImages} reference images; these are ${references}.`,
    );
  if (model.maxImagesTotal && references + count > model.maxImagesTotal)
    throw invalid(
      'options.count',
      `${model.label} takes up to ${model.maxImagesTotal} reference images and results together.`,
    );
}

function checkProviderOptions(model: CatalogueModel, options: unknown): JsonObject {
  if (options === undefined || options === null) return {};
  if (typeof options !== 'object' || Array.isArray(options))
    throw invalid('providerOptions', 'providerOptions is a JSON object.');
  const names = Object.keys(model.providerOptions);
  for (const [name, value] of Object.entries(options)) {
    const field = `providerOptions.${name}`;
    const rule = Object.hasOwn(model.providerOptions, name) ? model.providerOptions[name] : undefined;
    if (!rule)
      throw invalid(
        field,
        `${model.label} takes ${names.length ? names.join(', ') : 'no provider options'}.`,
      );
    checkValue(rule, value, { label: model.label, name, field });
  }
  return options as JsonObject;
}

function sortedEntries(object: Record<string, JsonValue | undefined>): [string, JsonValue | undefined][] {
  return Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
