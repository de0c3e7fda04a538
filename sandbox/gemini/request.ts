import { z } from 'zod';
import { parseJson } from '../lib/json.ts';
import { invalidArgument, type GeminiError } from './errors.ts';
import type { GeminiModel } from './model.ts';

export interface GenerateRequest {
  model: GeminiModel;
  prompt: string;
  references: Buffer[];
  /** Absent: the shape of the first reference, or a square. */
  aspectRatio?: string;
  imageSize: string;
  seed?: number;
  wantsImage: boolean;
  wantsText: boolean;
  includeThoughts: boolean;
  /** Set where the answer continues one that broke off. */
  isContinuation: boolean;
}

export const maxRequestBytes = 20 * 1024 * 1024;

const mimeTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'];

const content = z.strictObject({
  role: z.enum(['user', 'model']).optional(),
  parts: z
    .array(
      z.strictObject({
        text: z.string().optional(),
        inlineData: z.strictObject({ mimeType: z.string(), data: z.base64() }).optional(),
        thought: z.boolean().optional(),
        thoughtSignature: z.string().optional(),
      }),
    )
    .min(1),
});

/** The fields that the API knows; it refuses every other. */
const bodySchema = z.strictObject({
  contents: z.array(content).min(1),
  systemInstruction: content.optional(),
  safetySettings: z.array(z.strictObject({ category: z.string(), threshold: z.string() })).optional(),
  tools: z.array(z.unknown()).optional(),
  toolConfig: z.unknown().optional(),
  cachedContent: z.string().optional(),
  serviceTier: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  store: z.boolean().optional(),
  continuationToken: z.string().optional(),
  generationConfig: z
    .strictObject({
      temperature: z.number().min(0).max(2),
      topP: z.number(),
      topK: z.number(),
      candidateCount: z.literal(1, 'Only one candidate can be specified in the current model'),
      maxOutputTokens: z.int(),
      stopSequences: z.array(z.string()),
      presencePenalty: z.number(),
      frequencyPenalty: z.number(),
      seed: z.int32(),
      mediaResolution: z.string(),
      responseMimeType: z.string(),
      responseModalities: z.array(z.enum(['TEXT', 'IMAGE'])),
      thinkingConfig: z
        .strictObject({ includeThoughts: z.boolean(), thinkingBudget: z.int(), thinkingLevel: z.string() })
        .partial(),
      imageConfig: z.strictObject({ aspectRatio: z.string(), imageSize: z.string() }).partial(),
    })
    .partial()
    .optional(),
});

type Body = z.infer<typeof bodySchema>;

/** Reads a request as the model takes it, or says what the API would say against it. */
export function readGenerateRequest(
  bytes: Buffer,
  model: GeminiModel,
): GenerateRequest | { error: GeminiError } {
  const parsed = bodySchema.safeParse(parseJson(bytes));
  if (!parsed.success) return { error: describeIssue(parsed.error.issues[0]) };
  const error = findError(parsed.data, model);
  if (error) return { error };
  const { contents, generationConfig = {}, continuationToken } = parsed.data;
  const { imageConfig = {}, responseModalities = [], seed, thinkingConfig } = generationConfig;
  const turn = contents.findLast(({ role }) => role !== 'model') ?? contents[0];
  const wants = (modality: 'TEXT' | 'IMAGE') =>
    responseModalities.length === 0 || responseModalities.includes(modality);
  return {
    model,
    prompt: (turn?.parts ?? []).flatMap(({ text }) => text ?? []).join('\n'),
    references: inlineImages(parsed.data).map(({ data }) => Buffer.from(data, 'base64')),
    ...(imageConfig.aspectRatio && { aspectRatio: imageConfig.aspectRatio }),
    imageSize: imageConfig.imageSize ?? model.defaultImageSize,
    ...(seed !== undefined && { seed }),
    wantsImage: wants('IMAGE'),
    wantsText: wants('TEXT'),
    includeThoughts: thinkingConfig?.includeThoughts ?? false,
    isContinuation: continuationToken !== undefined,
  };
}

function findError(body: Body, model: GeminiModel): GeminiError | undefined {
  const { aspectRatio, imageSize } = body.generationConfig?.imageConfig ?? {};
  const ratios = Object.keys(model.sizes);
  if (aspectRatio !== undefined && !ratios.includes(aspectRatio))
    return badImageConfig('aspect_ratio', aspectRatio, ratios);
  if (imageSize !== undefined && !model.imageSizes.includes(imageSize)) {
    return badImageConfig('image_size', imageSize, model.imageSizes);
  }
  const images = inlineImages(body);
  const unsupported = images.find(({ mimeType }) => !mimeTypes.includes(mimeType));
  if (unsupported) return invalidArgument(`Unsupported MIME type: ${unsupported.mimeType}`);
  if (images.length > model.maxImages) {
    return invalidArgument(`At most ${model.maxImages} images are allowed in one request`);
  }
  if (images.some(({ data }) => Buffer.byteLength(data, 'base64') > model.maxImageBytes)) {
    return invalidArgument(`An image is larger than ${model.maxImageBytes} bytes`);
  }
  return undefined;
}

function inlineImages({ contents }: Body) {
  return contents.flatMap(({ parts }) => parts.flatMap(({ inlineData }) => inlineData ?? []));
}

function badImageConfig(name: string, value: string, allowed: readonly string[]): GeminiError {
  const field = `generation_config.image_config.${name}`;
  return invalidArgument(`Invalid value at '${field}': "${value}" is none of ${allowed.join(', ')}`, field);
}

function describeIssue(issue: z.core.$ZodIssue | undefined): GeminiError {
  const field = (issue?.path ?? []).reduce<string>(appendToPath, '');
  if (issue?.code === 'unrecognized_keys') {
    const place = field && ` at '${field}'`;
    return invalidArgument(
      `Invalid JSON payload received. Unknown name "${issue.keys[0]}"${place}: Cannot find field.`,
      field,
    );
  }
  if (!field) return invalidArgument('Invalid JSON payload received. Expected an object.');
  return invalidArgument(`Invalid value at '${field}': ${issue?.message}`, field);
}

/** `contents[0].inline_data`: the API names fields as its protocol buffers do. */
function appendToPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = String(key).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return path ? `${path}.${name}` : name;
}
