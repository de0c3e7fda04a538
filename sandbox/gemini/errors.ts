import type { ServerResponse } from 'node:http';
import { sendJson } from '../lib/http-server.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Script } from '../lib/script.ts';
import type { Stats } from '../lib/stats.ts';

/** A refusal as the API words it: `google.rpc.Status` with an HTTP code. */
export interface GeminiError {
  code: number;
  status: string;
  message: string;
  details?: JsonObject[];
}

const codes = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** `details` by the name of their type. */
function error(
  status: keyof typeof codes,
  message: string,
  details: Record<string, JsonObject> = {},
): GeminiError {
  const typed = Object.entries(details).map(([type, detail]) => ({
    '@type': `type.googleapis.com/google.rpc.${type}`,
    ...detail,
  }));
  return { code: codes[status], status, message, ...(typed.length > 0 && { details: typed }) };
}

export function sendError(response: ServerResponse, refusal: GeminiError): void {
  sendJson(response, refusal.code, { error: refusal });
}

export const missingKey = error(
  'PERMISSION_DENIED',
  "Method doesn't allow unregistered callers (callers without established identity). " +
    'Please use API Key or other form of API consumer identity to call this API.',
);
export const invalidKey = error('INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', {
  ErrorInfo: {
    reason: 'API_KEY_INVALID',
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  },
});
const billingMissing = error(
  'FAILED_PRECONDITION',
  'This model needs a plan with billing. Please enable billing on your project.',
);
const overloaded = error('UNAVAILABLE', 'The model is overloaded. Please try again later.');
export const internal = error('INTERNAL', 'An internal error has occurred. Please retry.');
export const deadlineExceeded = error('DEADLINE_EXCEEDED', 'The request timed out. Please try again.');
export const unreadableImage = error(
  'INVALID_ARGUMENT',
  'Unable to process input image. Please retry with another image.',
);

export function modelNotFound(model: string, version: string): GeminiError {
  return error(
    'NOT_FOUND',
    `models/${model} is not found for API version ${version}, or is not supported for generateContent. ` +
      'Call ListModels to see the list of available models and their supported methods.',
  );
}

/** `field` as the API spells it: `generation_config.image_config.image_size`. */
export function invalidArgument(message: string, field?: string): GeminiError {
  const fieldViolations = [{ ...(field && { field }), description: message }];
  return error('INVALID_ARGUMENT', message, { BadRequest: { fieldViolations } });
}

function exhausted(quotaId: string, retryDelay?: string): GeminiError {
  const quotaMetric = 'generativelanguage.googleapis.com/generate_content_paid_tier_requests';
  const url = 'https://ai.google.dev/gemini-api/docs/rate-limits';
  return error(
    'RESOURCE_EXHAUSTED',
    `You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: ${quotaMetric}, limit: 1`,
    {
      QuotaFailure: {
        violations: [{ quotaMetric, quotaId, quotaDimensions: { location: 'global' }, quotaValue: '1' }],
      },
      Help: { links: [{ description: 'Learn more about Gemini API quotas', url }] },
      ...(retryDelay && { RetryInfo: { retryDelay } }),
    },
  );
}

/** The refusal that a prompt's words ask for; nothing is worked on then. */
export function scriptedError(prompt: string, script: Script, stats: Stats): GeminiError | undefined {
  const isFirst = (word: 'rate-limited' | 'interrupted' | 'flaky') =>
    script.has(word) && stats.isAmongFirst(script.number(word, 1), prompt, word);
  if (script.has('auth')) return invalidKey;
  if (script.has('no-credit')) return billingMissing;
  if (script.has('quota')) return exhausted('GenerateRequestsPerDayPerProjectPerModel');
  if (isFirst('rate-limited')) return exhausted('GenerateRequestsPerMinutePerProjectPerModel', '1.5s');
  if (script.has('outage') || isFirst('flaky')) return overloaded;
  if (script.has('failed') || isFirst('interrupted')) return internal;
  return undefined;
}
