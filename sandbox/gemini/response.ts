import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../lib/json.ts';
import type { GenerateRequest } from './request.ts';

/** The result of the work, before it is written in the API's terms. */
export type Outcome =
  | { type: 'blocked'; blockReason: string }
  | { type: 'refused'; finishReason: string }
  | { type: 'text' }
  | { type: 'continued' }
  | { type: 'pictures'; final: Buffer; draft?: Buffer };

/** Tokens of a picture, by its size; from the provider's page on the model. */
const imageTokens: Readonly<Record<string, number>> = { '1K': 1120, '2K': 1120, '4K': 2000 };
const tokensPerReference = 560;
const charactersPerToken = 4;
/** Random bytes, because only its size matters: it is that of a real one. */
const thoughtSignature = randomBytes(150_000).toString('base64');

/** The body of a response, and the chunks in which a stream sends it. */
export function buildResponse(
  request: GenerateRequest,
  outcome: Outcome,
): { whole: JsonObject; chunks: JsonObject[] } {
  const tail = {
    usageMetadata: usageOf(request, outcome),
    modelVersion: request.model.name,
    responseId: randomBytes(16).toString('base64url'),
  };
  if (outcome.type === 'blocked') {
    const whole = { promptFeedback: { blockReason: outcome.blockReason }, ...tail };
    return { whole, chunks: [whole] };
  }
  const parts = partsOf(request, outcome);
  const end = describeEnd(outcome);
  const content = parts.length > 0 ? { parts, role: 'model' } : {};
  const whole = { candidates: [{ content, ...end, index: 0 }], ...tail };
  if (outcome.type !== 'pictures') return { whole, chunks: [whole] };
  const last = { content: { parts: [{ text: '' }], role: 'model' }, ...end, index: 0 };
  return {
    whole,
    chunks: [
      { candidates: [{ content, index: 0 }], ...tail },
      { candidates: [last], ...tail },
    ],
  };
}

function partsOf({ includeThoughts, wantsText }: GenerateRequest, outcome: Outcome): JsonObject[] {
  if (outcome.type === 'continued') return [{ text: 'The picture follows.', thoughtSignature }];
  if (outcome.type === 'text')
    return [{ text: 'Here is a description instead of a picture.', thoughtSignature }];
  if (outcome.type !== 'pictures') return [];
  const { final, draft } = outcome;
  return [
    ...(includeThoughts ? [{ text: '**Planning the composition**', thought: true }] : []),
    ...(includeThoughts && draft ? [{ ...picturePart(draft), thought: true }] : []),
    ...(wantsText ? [{ text: 'Here is the picture.', thoughtSignature }] : []),
    ...(draft ? [picturePart(draft)] : []),
    picturePart(final),
  ];
}

function picturePart(picture: Buffer) {
  return { inlineData: { mimeType: 'image/jpeg', data: picture.toString('base64') }, thoughtSignature };
}

function describeEnd(outcome: Outcome): JsonObject {
  switch (outcome.type) {
    case 'refused':
      return {
        finishReason: outcome.finishReason,
        finishMessage: 'Unable to show the generated image. Try rephrasing the prompt.',
      };
    case 'continued':
      return { finishReason: 'CONTINUATION', continuationToken: randomBytes(24).toString('base64url') };
    default:
      return { finishReason: 'STOP' };
  }
}

function usageOf({ prompt, references, imageSize }: GenerateRequest, outcome: Outcome): JsonObject {
  const text = Math.ceil(prompt.length / charactersPerToken);
  const images = references.length * tokensPerReference;
  const made = outcome.type === 'pictures' ? (imageTokens[imageSize] ?? 0) : 0;
  const thoughts = made > 0 ? 174 : 0;
  return {
    promptTokenCount: text + images,
    ...(made > 0 && { candidatesTokenCount: made }),
    totalTokenCount: text + images + made + thoughts,
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: text },
      ...(images > 0 ? [{ modality: 'IMAGE', tokenCount: images }] : []),
    ],
    ...(made > 0 && {
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: made }],
      thoughtsTokenCount: thoughts,
    }),
    serviceTier: 'standard',
  };
}
