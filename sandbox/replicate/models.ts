/** The models that are served: the schema of each one's input, as Replicate publishes it, and what the model does with it. */
import { createHash, randomInt } from 'node:crypto';
import { pixelsFor, type PictureOrder, type SizeTable } from '../drawing/pictures.ts';
import type { Size } from '../drawing/raster.ts';
import type { FieldRule } from './validation.ts';

/** What one prediction is to do. */
export interface Plan {
  /** Pictures to make. */
  count: number;
  format: PictureOrder['format'];
  quality?: number;
  seed: number;
  /** Addresses of the pictures to start from. */
  referenceUrls: string[];
  /** `reference` is the first of the pictures to start from. */
  dimensions(reference: Size | undefined): Size;
  /** A reason to fail after the start, in the model's own words. */
  refusal?: string;
}

/** A line of a running model's logs, with the share of the run after which it appears, 0 to 1. */
export interface LogLine {
  at: number;
  text: string;
}

/** What the models read of an input that has been checked. */
export interface ModelInput {
  prompt?: string;
  image_input?: string[];
  aspect_ratio?: string;
  size?: string;
  width?: number;
  height?: number;
  megapixels?: string;
  num_outputs?: number;
  sequential_image_generation?: string;
  max_images?: number;
  num_inference_steps?: number;
  seed?: number;
  output_format?: PictureOrder['format'];
  output_quality?: number;
  go_fast?: boolean;
}

export interface ReplicateModel {
  /** `owner/name`. */
  name: string;
  description: string;
  fields: Readonly<Record<string, FieldRule>>;
  required: readonly string[];
  runSeconds: readonly [min: number, max: number];
  /** False where the output is one address instead of a list. */
  outputIsList: boolean;
  plan(input: ModelInput): Plan;
  /** `safe` is how many pictures pass the safety check. */
  narrate(plan: Plan, input: ModelInput, runMs: number, safe: number): LogLine[];
}

/** Keeps the shape of the first picture to start from: no table of sizes has it. */
const matchInputImage = 'match_input_image';
const maxSeed = 2_147_483_647;
/** Pictures to start from and pictures to make, together. */
const maxSeedreamImages = 15;

/** Sizes at one megapixel, from the model's source. */
const fluxSizes: SizeTable = {
  '1:1': [1024, 1024],
  '16:9': [1344, 768],
  '21:9': [1536, 640],
  '3:2': [1216, 832],
  '2:3': [832, 1216],
  '4:5': [896, 1088],
  '5:4': [1088, 896],
  '3:4': [896, 1152],
  '4:3': [1152, 896],
  '9:16': [768, 1344],
  '9:21': [640, 1536],
};

const nanoBananaSizes: SizeTable = {
  '1:1': [1024, 1024],
  '2:3': [832, 1248],
  '3:2': [1248, 832],
  '3:4': [864, 1184],
  '4:3': [1184, 864],
  '4:5': [896, 1152],
  '5:4': [1152, 896],
  '9:16': [768, 1344],
  '16:9': [1344, 768],
  '21:9': [1536, 672],
};

/** Sizes at 1K; 2K and 4K are twice and four times as wide. */
const seedreamSizes: SizeTable = {
  '1:1': [1024, 1024],
  '4:3': [1152, 864],
  '3:4': [864, 1152],
  '16:9': [1280, 720],
  '9:16': [720, 1280],
  '3:2': [1248, 832],
  '2:3': [832, 1248],
  '21:9': [1512, 648],
};

const prompt: FieldRule = { type: 'string' };

/** The models that are served. */
export const replicateModels: readonly ReplicateModel[] = [
  {
    name: 'black-forest-labs/flux-schnell',
    description: 'FLUX Schnell',
    required: ['prompt'],
    fields: {
      prompt,
      aspect_ratio: { type: 'enum', values: Object.keys(fluxSizes) },
      num_outputs: { type: 'integer', min: 1, max: 4 },
      num_inference_steps: { type: 'integer', min: 1, max: 4 },
      seed: { type: 'integer' },
      output_format: { type: 'enum', values: ['webp', 'jpg', 'png'] },
      output_quality: { type: 'integer', min: 0, max: 100 },
      megapixels: { type: 'enum', values: ['1', '0.25'] },
      go_fast: { type: 'boolean' },
      disable_safety_checker: { type: 'boolean' },
    },
    runSeconds: [1.8, 3.2],
    outputIsList: true,
    plan: ({ aspect_ratio: ratio = '1:1', megapixels = '1', ...input }) => ({
      count: input.num_outputs ?? 1,
      format: input.output_format ?? 'webp',
      quality: input.output_quality ?? 80,
      seed: input.seed ?? randomInt(maxSeed),
      referenceUrls: [],
      dimensions: () => pixelsFor(fluxSizes, ratio, Math.sqrt(Number(megapixels))),
    }),
    narrate({ seed, count }, { num_inference_steps: steps = 4, go_fast: isFast = true }, runMs, safe) {
      const seedLine = `Using seed: ${seed}\n`;
      const mode = `running ${isFast ? 'quantized' : 'bf16'} prediction`;
      return [
        { at: 0, text: `${seedLine}${mode}\n${seedLine}` },
        ...progressBars(count, steps, runMs),
        { at: 1, text: `Total safe images: ${safe} out of ${count}\n` },
      ];
    },
  },
  {
    name: 'google/nano-banana',
    description: 'Nano Banana',
    required: ['prompt'],
    fields: {
      prompt,
      image_input: { type: 'uris', max: 10 },
      aspect_ratio: { type: 'enum', values: [matchInputImage, ...Object.keys(nanoBananaSizes)] },
      output_format: { type: 'enum', values: ['jpg', 'png'] },
    },
    runSeconds: [7.5, 9.5],
    outputIsList: false,
    plan: ({ image_input: referenceUrls = [], aspect_ratio: ratio = matchInputImage, output_format }) => ({
      count: 1,
      format: output_format ?? 'jpg',
      seed: randomInt(maxSeed),
      referenceUrls,
      dimensions: (reference) => pixelsFor(nanoBananaSizes, ratio, 1, reference),
    }),
    narrate: (_plan, _input, runMs) => [
      { at: 0, text: 'Generating image with Gemini Flash...\n' },
      { at: 1, text: `Generated image in ${(runMs / 1000).toFixed(2)} seconds\n` },
    ],
  },
  {
    name: 'bytedance/seedream-4',
    description: 'Seedream 4',
    required: ['prompt'],
    fields: {
      prompt,
      image_input: { type: 'uris', max: 10 },
      size: { type: 'enum', values: ['1K', '2K', '4K', 'custom'] },
      aspect_ratio: { type: 'enum', values: [matchInputImage, ...Object.keys(seedreamSizes)] },
      width: { type: 'integer', min: 1024, max: 4096 },
      height: { type: 'integer', min: 1024, max: 4096 },
      sequential_image_generation: { type: 'enum', values: ['disabled', 'auto'] },
      max_images: { type: 'integer', min: 1, max: maxSeedreamImages },
      enhance_prompt: { type: 'boolean' },
    },
    runSeconds: [5.8, 7.4],
    outputIsList: true,
    plan({ image_input: referenceUrls = [], size = '2K', width = 2048, height = 2048, ...input }) {
      const { aspect_ratio: ratio = matchInputImage, max_images: most = 1 } = input;
      const count = input.sequential_image_generation === 'auto' ? most : 1;
      const refusal = `Input validation error: input images and max_images together must not exceed ${maxSeedreamImages}`;
      return {
        count,
        format: 'jpg',
        seed: randomInt(maxSeed),
        referenceUrls,
        dimensions: (reference) =>
          size === 'custom'
            ? { width, height }
            : pixelsFor(seedreamSizes, ratio, Number.parseInt(size), reference),
        ...(count + referenceUrls.length > maxSeedreamImages && { refusal }),
      };
    },
    narrate: ({ count }, _input, runMs) => [
      { at: 0, text: 'Generating images with Seedream 4...\n' },
      { at: 1, text: `Generated ${count} image(s) in ${(runMs / 1000).toFixed(2)} seconds\n` },
    ],
  },
];

/** 64 hexadecimal digits. */
export function versionIdOf({ name }: ReplicateModel): string {
  return createHash('sha256').update(name).digest('hex');
}

/** tqdm's bars, one series a picture, as the model's own progress appears in the logs. */
function progressBars(count: number, steps: number, runMs: number): LogLine[] {
  const secondsEach = runMs / 1000 / count;
  return Array.from({ length: count }, (_, picture) =>
    Array.from({ length: steps + 1 }, (_, step) => ({
      at: 0.05 + (0.9 * (picture + step / steps)) / count,
      text: progressBar(step, steps, secondsEach),
    })),
  ).flat();
}

function progressBar(step: number, steps: number, seconds: number): string {
  const share = step / steps;
  const eighths = Math.floor(share * 80);
  const bar = '█'.repeat(Math.floor(eighths / 8)) + (eighths % 8 ? '▏▎▍▌▋▊▉'.charAt((eighths % 8) - 1) : '');
  const rate = step === 0 ? '?' : (steps / seconds).toFixed(2);
  const left = step === 0 ? '?' : clock(seconds * (1 - share));
  const percent = `${Math.round(share * 100)}%`.padStart(4);
  return `${percent}|${bar.padEnd(10)}| ${step}/${steps} [${clock(seconds * share)}<${left}, ${rate}it/s]\n`;
}

function clock(seconds: number): string {
  return `00:${String(Math.floor(seconds) % 60).padStart(2, '0')}`;
}
