/** Checks a request for images against the catalogue, and fills in the defaults. */
import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';
import {
  type CatalogueModel,
  catalogue,
  costCredits,
  findModel,
  matchInputImage,
  maxPromptCharacters,
  maxSeed,
  type ProviderOption,
} from '../models/catalogue.ts';
import type { GenerationOptions, Scene } from '../providers/provider.ts';

/** What a caller asks for, before any check. */
export interface RequestInput {
  /** The model's name or one of its aliases. */
  model: string;
  prompt: string;
  scene: Scene;
  provider?: string | undefined;
  referenceImageIds: string[];
  options: {
    count?: number | undefined;
    aspectRatio?: string | undefined;
    resolution?: string | undefined;
    outputFormat?: string | undefined;
    seed?: number | undefined;
  };
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
export function requestHash(request: CheckedRequest, referenceImageIds: string[]): string {
  const { model, prompt, scene, options, providerOptions } = request;
  const parts = [
    model.name,
    scene,
    prompt,
    sortedEntries({ ...options }),
    sortedEntries(providerOptions),
    referenceImageIds,
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

function invalid(field: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, { field });
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
  options: RequestInput['options'],
): GenerationOptions {
  const count = options.count ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > model.maxImages)
    throw invalid('options.count', `${model.label} makes 1 to ${model.maxImages} images at a time.`);

  const { seed } = options;
  if (seed !== undefined && !model.supportsSeed)
    throw invalid('options.seed', `${model.label} takes no seed.`);
  if (seed !== undefined && (seed < 0 || seed > maxSeed))
    throw invalid('options.seed', `A seed is a whole number from 0 to ${maxSeed}.`);

  const ratios = model.aspectRatios.filter(
    (ratio) => scene === 'IMAGE_TO_IMAGE' || ratio !== matchInputImage,
  );
  const aspectRatio =
    oneOf(model, 'aspectRatio', options.aspectRatio, ratios) ?? model.defaultAspectRatio[scene];
  const resolution =
    oneOf(model, 'resolution', options.resolution, model.resolutions) ?? model.defaultResolution;
  const outputFormat =
    oneOf(model, 'outputFormat', options.outputFormat, model.outputFormats) ?? model.defaultOutputFormat;
  return {
    count,
    ...(aspectRatio !== undefined && { aspectRatio }),
    ...(resolution !== undefined && { resolution }),
    ...(outputFormat !== undefined && { outputFormat }),
    ...(seed !== undefined && { seed }),
  };
}

function oneOf(model: CatalogueModel, name: string, value: string | undefined, allowed: readonly string[]) {
  if (value === undefined || allowed.includes(value)) return value;
  const choice = allowed.length ? `takes ${allowed.join(', ')}` : 'has no such choice: leave it out';
  throw invalid(`options.${name}`, `${model.label} ${choice}.`);
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
    if (!fits(rule, value)) throw invalid(field, `${name} is ${inWords(rule)}.`);
  }
  return options as JsonObject;
}

function fits(rule: ProviderOption, value: unknown): boolean {
  if (rule.type === 'boolean') return typeof value === 'boolean';
  if (rule.type === 'enum') return typeof value === 'string' && rule.values.includes(value);
  return Number.isInteger(value) && (value as number) >= rule.min && (value as number) <= rule.max;
}

function inWords(rule: ProviderOption): string {
  if (rule.type === 'boolean') return 'true or false';
  if (rule.type === 'enum') return `one of ${rule.values.join(', ')}`;
  return `a whole number from ${rule.min} to ${rule.max}`;
}

function sortedEntries(object: Record<string, JsonValue | undefined>): [string, JsonValue | undefined][] {
  return Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
