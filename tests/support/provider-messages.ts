/** For tests: requests, and answers written by hand in the shapes that the vendors use. */
import { vendorText } from './conformance/provider.ts';
import type { GenerationRequest } from '../../server/providers/provider.ts';
import type { Script, ScriptedAnswer, ScriptedRequest } from './scripted-server.ts';

export const token = 'r8_token_that_must_stay_inside';
export const apiKey = 'AIza-key-that-must-stay-inside';
/** Of every scripted prediction. */
export const predictionId = 'q8h2m4v0c1rma0csm4w8ph3d24';

/** For one picture from text; 165 s are left. */
export function request(fields: Partial<GenerationRequest> = {}): GenerationRequest {
  return {
    taskId: 'task-1',
    attempt: 1,
    model: 'black-forest-labs/flux-schnell',
    scene: 'TEXT_TO_IMAGE',
    prompt: 'a lighthouse',
    references: [],
    options: { count: 1 },
    providerOptions: {},
    timeLeftMs: 165_000,
    ...fields,
  };
}

/** Replicate's prediction. */
export function prediction(status: string, fields: object = {}): Record<string, unknown> {
  return {
    id: predictionId,
    model: 'black-forest-labs/flux-schnell',
    version: 'hidden',
    input: { prompt: 'a lighthouse' },
    logs: '',
    output: null,
    data_removed: false,
    error: null,
    status,
    created_at: '2026-03-02T09:15:44.399Z',
    urls: {
      cancel: `https://api.example/v1/predictions/${predictionId}/cancel`,
      get: `https://api.example/v1/predictions/${predictionId}`,
      web: `https://example/p/${predictionId}`,
    },
    ...fields,
  };
}

/** Whether Replicate is asked to create a prediction. */
export function isPredictionCreated({ method, path }: ScriptedRequest): boolean {
  return method === 'POST' && path.endsWith('/predictions');
}

/** Creates a prediction as `starting`, then answers every question alike. */
export function created(asked: ScriptedAnswer): Script {
  return (sent) => (isPredictionCreated(sent) ? { status: 201, json: prediction('starting') } : asked);
}

/** A part of Gemini's answer that holds a picture of these bytes. */
export function picturePart(bytes: string | Uint8Array, fields: object = {}): object {
  const data = Buffer.from(bytes).toString('base64');
  return { inlineData: { mimeType: 'image/jpeg', data }, thoughtSignature: 'c2lnbmF0dXJl', ...fields };
}

/** What Gemini's generateContent answers; `fields` are the candidate's. */
export function generation(parts: unknown, fields: object = {}): Record<string, unknown> {
  return {
    candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0, ...fields }],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1120, totalTokenCount: 1129 },
    modelVersion: 'gemini-3-pro-image',
    responseId: 'resp-0001',
  };
}

/** Gemini's HTTP errors. */
export function googleError(
  code: number,
  status: string,
  details: unknown[] = [],
  headers = {},
): ScriptedAnswer {
  return { status: code, headers, json: { error: { code, message: vendorText, status, details } } };
}
