/**
 * Gemini's image models, through its SDK. One call makes one picture and answers with it, so there is nothing to ask
 * after: a call that is cut off is lost. The output format cannot be chosen.
 */
import type { GenerateContentConfig, GoogleGenAI, Modality, Part } from '@google/genai';
import { failureCodes } from '../lib/failures.ts';
import { createGuardedFetch, originOf } from '../lib/guarded-fetch.ts';
import type { Log } from '../lib/log.ts';
import { sendRequest } from './send-request.ts';
import { type GeminiOutcome, readGeneration } from './gemini-outcome.ts';
import { readOutput } from './outputs.ts';
import type { GenerationRequest, GenerationState, ImageProvider } from './provider.ts';

export interface GeminiProviderOptions {
  apiKey: string;
  /** Without a version. Default: the public API. */
  baseUrl?: string | undefined;
  /** The id that is sent for `gemini-3-pro-image-preview`, which Google has retired. Default `gemini-3-pro-image`. */
  model?: string | undefined;
  /** For one call, which ends with the task's deadline in any case. Default 180 s. */
  timeoutMs?: number | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** Where pictures that an answer names by an address may lie beside the public internet and the origin of `baseUrl`. */
  outputOrigins?: readonly string[] | undefined;
  log?: Pick<Log, 'warn'> | undefined;
}

/** A 4K picture with two thought signatures of its size, in base64. */
const maxAnswerBytes = 128 * 1024 * 1024;

export function createGeminiProvider(options: GeminiProviderOptions): ImageProvider {
  const { apiKey, timeoutMs = 180_000, fetch = globalThis.fetch, log } = options;
  const allowedOrigins = [...originOf(options.baseUrl), ...(options.outputOrigins ?? [])];
  const fetchOutput = createGuardedFetch({ allowedOrigins });
  /** The catalogue's names that Google spells differently; every other name is sent as it is. */
  const wireNames = new Map([['gemini-3-pro-image-preview', options.model ?? 'gemini-3-pro-image']]);
  let client: Promise<GoogleGenAI> | undefined;

  async function generateOne(
    request: GenerationRequest,
    parts: Part[],
    index: number,
    signal: AbortSignal,
  ): Promise<GeminiOutcome> {
    const callTimeoutMs = Math.min(timeoutMs, Math.max(1000, request.timeLeftMs));
    const sending = { fetch, timeoutMs: callTimeoutMs, signal, maxBytes: maxAnswerBytes, log };
    const { models } = await (client ??= createClient(options));
    const result = await sendRequest({ call: 'gemini.generateContent', ...sending }, (fetchOnce) =>
      models.generateContent({
        model: wireNames.get(request.model) ?? request.model,
        contents: [{ role: 'user', parts }],
        config: {
          ...generationConfig(request, index),
          // Otherwise the SDK sends further requests while an answer asks to be continued.
          automaticContinuation: false,
          // The provider gets the timeout as well.
          httpOptions: { timeout: callTimeoutMs, fetch: fetchOnce },
        },
      }),
    );
    return readGeneration(result, {
      attempt: request.attempt,
      secrets: [apiKey],
      imageAt: (address) => readOutput(address, { fetch: fetchOutput }),
    });
  }

  return {
    async start(request, { signal }): Promise<GenerationState> {
      const parts: Part[] = [
        { text: request.prompt },
        ...request.references.map(({ bytes, contentType }) => ({
          inlineData: { mimeType: contentType, data: base64(bytes) },
        })),
      ];
      const indexes = Array.from({ length: request.options.count }, (_, index) => index);
      return combined(await Promise.all(indexes.map((index) => generateOne(request, parts, index, signal))));
    },
  };
}

/** Loads the SDK, 30 MB, at the first call. All explicit, since the SDK takes what is left out from the environment: another service, path and host. */
export async function createClient({
  apiKey,
  baseUrl = 'https://generativelanguage.googleapis.com',
}: Pick<GeminiProviderOptions, 'apiKey' | 'baseUrl'>): Promise<GoogleGenAI> {
  const { GoogleGenAI } = await import('@google/genai');
  return new GoogleGenAI({ apiKey, vertexai: false, apiVersion: 'v1beta', httpOptions: { baseUrl } });
}

function generationConfig(
  { options, providerOptions }: GenerationRequest,
  index: number,
): GenerateContentConfig {
  const { aspectRatio, resolution, seed } = options;
  const { temperature } = providerOptions;
  const imageConfig = {
    // Without a ratio the picture takes the shape of the first reference.
    ...(aspectRatio === undefined || aspectRatio === 'match_input_image' ? {} : { aspectRatio }),
    ...(resolution === undefined ? {} : { imageSize: resolution }),
  };
  return {
    responseModalities: ['IMAGE' as Modality],
    ...(Object.keys(imageConfig).length > 0 ? { imageConfig } : {}),
    // The same seed would make the same picture each time.
    ...(seed === undefined ? {} : { seed: (seed + index) % 2 ** 31 }),
    ...(typeof temperature === 'number' ? { temperature } : {}),
  };
}

/** One picture is enough to succeed, since it is billed. */
function combined(outcomes: readonly GeminiOutcome[]): GenerationState {
  const answers = outcomes.flatMap(({ answer }) => (answer === undefined ? [] : [answer]));
  const answered = {
    externalId: outcomes.find(({ responseId }) => responseId !== undefined)?.responseId,
    answer: answers.length > 1 ? answers : answers[0],
  };
  const [first, ...others] = outcomes.flatMap(({ image }) => (image ? [image] : []));
  if (first) return { status: 'succeeded', images: [first, ...others], ...answered };
  const failures = outcomes.flatMap(({ failure }) => (failure ? [failure] : []));
  const [failure = { code: 'NO_IMAGE_RETURNED' as const }] = failures.toSorted(
    (a, b) => failureCodes.indexOf(a.code) - failureCodes.indexOf(b.code),
  );
  return { status: 'failed', failure, ...answered };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
