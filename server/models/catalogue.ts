/**
 * What each model takes and costs: the one home of every limit and option. Validation, the API and the client read it
 * here; only the adapters know how a provider spells a request.
 */
import type { Scene } from '../providers/provider.ts';
import type { ModelOptions, ProviderOption } from './options.ts';

/**
 * The providers: the label of each, and the variables of the configuration for its key and its address. `adapters.ts`
 * has an adapter for each.
 */
export const providerTable = {
  replicate: { label: 'Replicate', key: 'REPLICATE_API_TOKEN', baseUrl: 'REPLICATE_BASE_URL' },
  gemini: { label: 'Google Gemini', key: 'GEMINI_API_KEY', baseUrl: 'GEMINI_BASE_URL' },
} as const satisfies Record<string, { label: string; key: string; baseUrl: string }>;

export type ProviderName = keyof typeof providerTable;
export const providerNames = Object.keys(providerTable) as ProviderName[];

export interface CatalogueModel {
  /** As the provider spells it, and as the API takes it. */
  name: string;
  /** Other names that the API takes for it. */
  aliases: readonly string[];
  label: string;
  provider: string;
  /** No longer offered. The entry stays for the tasks that were made with the model. */
  retired?: boolean;
  scenes: readonly Scene[];
  maxReferenceImages: number;
  /** The largest reference picture, in bytes, and the largest sum of them. */
  maxReferenceBytes: number;
  maxReferenceBytesTotal: number;
  /** References and results together, where the provider limits the sum. */
  maxImagesTotal?: number;
  options: ModelOptions;
  providerOptions: Readonly<Record<string, ProviderOption>>;
  /** The published or observed run time of one request, until there are own figures. */
  publishedDurationMs: number;
}

/** Credits an image. */
const priceCredits: Readonly<Record<Scene, number>> = { TEXT_TO_IMAGE: 2, IMAGE_TO_IMAGE: 4 };

/** Keeps the shape of the first reference; only for IMAGE_TO_IMAGE. */
export const matchInputImage = 'match_input_image';

export const maxPromptCharacters = 2000;

const MB = 1_000_000;

/** Unsigned 31-bit integers, which every provider's `seed` and GraphQL's `Int` can hold. */
const anySeed = { type: 'integer', min: 0, max: 2_147_483_647 } as const;

const upTo = (max: number) => ({ type: 'integer', min: 1, max, default: 1 }) as const;

/** Of Gemini's image models, at either provider. */
const geminiRatios = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

/** Aspect ratios of a model that also keeps the shape of a reference. */
function ratiosOrReference(ratios: readonly string[]): NonNullable<ModelOptions['aspectRatio']> {
  return {
    type: 'enum',
    values: [matchInputImage, ...ratios],
    default: { TEXT_TO_IMAGE: '1:1', IMAGE_TO_IMAGE: matchInputImage },
    onlyIn: { [matchInputImage]: 'IMAGE_TO_IMAGE' },
  };
}

export const catalogue: readonly (CatalogueModel & {
  provider: ProviderName;
  options: Required<Pick<ModelOptions, 'count'>>;
})[] = [
  {
    name: 'black-forest-labs/flux-schnell',
    aliases: [],
    label: 'FLUX Schnell',
    provider: 'replicate',
    scenes: ['TEXT_TO_IMAGE'],
    maxReferenceImages: 0,
    maxReferenceBytes: 0,
    maxReferenceBytesTotal: 0,
    options: {
      count: upTo(4),
      aspectRatio: {
        type: 'enum',
        values: ['1:1', '16:9', '21:9', '3:2', '2:3', '4:5', '5:4', '3:4', '4:3', '9:16', '9:21'],
        default: '1:1',
      },
      resolution: { type: 'enum', values: ['1', '0.25'], default: '1' },
      outputFormat: { type: 'enum', values: ['webp', 'jpg', 'png'], default: 'webp' },
      seed: anySeed,
    },
    providerOptions: {
      num_inference_steps: {
        type: 'integer',
        min: 1,
        max: 4,
        description: 'Denoising steps; fewer are faster and rougher.',
      },
      output_quality: {
        type: 'integer',
        min: 0,
        max: 100,
        description: 'Compression quality of webp and jpg.',
      },
      go_fast: {
        type: 'boolean',
        description: 'The quantized model; seeds are then not exactly repeatable.',
      },
    },
    publishedDurationMs: 2_000,
  },
  {
    name: 'google/nano-banana',
    aliases: [],
    label: 'Nano Banana',
    provider: 'replicate',
    scenes: ['TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE'],
    // The provider publishes no number; its successors say 14.
    maxReferenceImages: 10,
    maxReferenceBytes: 20 * MB,
    maxReferenceBytesTotal: 100 * MB,
    options: {
      count: upTo(1),
      aspectRatio: ratiosOrReference(geminiRatios),
      outputFormat: { type: 'enum', values: ['jpg', 'png'], default: 'jpg' },
    },
    providerOptions: {},
    publishedDurationMs: 10_000,
  },
  {
    name: 'bytedance/seedream-4',
    aliases: [],
    label: 'Seedream 4',
    provider: 'replicate',
    scenes: ['TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE'],
    maxReferenceImages: 10,
    maxReferenceBytes: 20 * MB,
    maxReferenceBytesTotal: 100 * MB,
    maxImagesTotal: 15,
    options: {
      count: upTo(15),
      aspectRatio: ratiosOrReference(['1:1', '4:3', '3:4', '16:9', '9:16', '3:2', '2:3', '21:9']),
      resolution: { type: 'enum', values: ['1K', '2K', '4K'], default: '2K' },
    },
    providerOptions: {
      enhance_prompt: { type: 'boolean', description: 'Lets the provider rewrite the prompt; slower.' },
    },
    publishedDurationMs: 8_000,
  },
  {
    name: 'gemini-3-pro-image-preview',
    aliases: ['gemini-3-pro-image'],
    label: 'Gemini 3 Pro Image',
    provider: 'gemini',
    scenes: ['TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE'],
    maxReferenceImages: 14,
    maxReferenceBytes: 7 * MB,
    // A request holds 20 MB with its pictures in base64, which is 4/3 of their size.
    maxReferenceBytesTotal: 14 * MB,
    options: {
      count: upTo(4),
      aspectRatio: ratiosOrReference(geminiRatios),
      resolution: { type: 'enum', values: ['1K', '2K', '4K'], default: '1K' },
      seed: anySeed,
    },
    providerOptions: {
      temperature: { type: 'integer', min: 0, max: 2, description: 'How freely the model reads the prompt.' },
    },
    publishedDurationMs: 28_000,
  },
];

/** What every model that takes reference pictures takes of one, in bytes. */
export const maxReferenceBytesOfAnyModel = Math.min(
  ...catalogue
    .filter((model) => !model.retired && model.maxReferenceImages > 0)
    .map((model) => model.maxReferenceBytes),
);

/** The most images of a task, and the most references, whatever the model. */
export const mostImages = Math.max(...catalogue.map(maxImages));
export const mostReferenceImages = Math.max(...catalogue.map(({ maxReferenceImages }) => maxReferenceImages));

/** The most images of one request; 0 where that is not known. */
export function maxImages({ options }: Pick<CatalogueModel, 'options'>): number {
  return options.count?.max ?? 0;
}

/** The model of that name or alias, retired ones included. */
export function findModel(
  name: string,
  models: readonly CatalogueModel[] = catalogue,
): CatalogueModel | undefined {
  return models.find((model) => model.name === name || model.aliases.includes(name));
}

/** Stands for a model that this version does not know: its tasks were written by a newer or a much older one. */
export function unknownModel(name: string, provider: string): CatalogueModel {
  return {
    name,
    aliases: [],
    label: name,
    provider,
    retired: true,
    scenes: [],
    maxReferenceImages: 0,
    maxReferenceBytes: 0,
    maxReferenceBytesTotal: 0,
    options: {},
    providerOptions: {},
    publishedDurationMs: 30_000,
  };
}

/** The price of a request, in credits: what it is charged, never more. */
export function costCredits(scene: Scene, count: number): number {
  return priceCredits[scene] * count;
}
