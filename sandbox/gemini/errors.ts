import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../lib/json.ts';
import { sendJson } from '../lib/http-server.ts';
import type { Script } from '../lib/script.ts';
import type { Stats } from '../lib/stats.ts';

/** A refusal as the API words it: `google.rpc.Status` with an HTTP code. */
export interface GeminiError {
  code: number;
  status: string;
  message: string;
  details?: JsonObject[];
}

const rpc = 'type.googleapis.com/google.rpc';

export function sendError(response: ServerResponse, error: GeminiError): void {
  sendJson(response, error.code, { error });
}

export const missingKey: GeminiError = {
  code: 403,
  status: 'PERMISSION_DENIED',
  message:
    "Method doesn't allow unregistered callers (callers without established identity). " +
    'Please use API Key or other form of API consumer identity to call this API.',
};

export const invalidKey: GeminiError = {
  code: 400,
  status: 'INVALID_ARGUMENT',
  message: 'API key not valid. Please pass a valid API key.',
  details: [
    {
      '@type': `${rpc}.ErrorInfo`,
      reason: 'API_KEY_INVALID',
      domain: 'googleapis.com',
      metadata: { service: 'generativelanguage.googleapis.com' },
    },
  ],
};

const billingMissing: GeminiError = {
  code: 400,
  status: 'FAILED_PRECONDITION',
  message: 'This model needs a plan with billing. Please enable billing on your project.',
};

export const overloaded: GeminiError = {
  code: 503,
  status: 'UNAVAILABLE',
  message: 'The model is overloaded. Please try again later.',
};

export const internal: GeminiError = {
  code: 500,
  status: 'INTERNAL',
  message: 'An internal error has occurred. Please retry.',
};

export const deadlineExceeded: GeminiError = {
  code: 504,
  status: 'DEADLINE_EXCEEDED',
  message: 'The request timed out. Please try again.',
};

export const unreadableImage: GeminiError = {
  code: 400,
  status: 'INVALID_ARGUMENT',
  message: 'Unable to process input image. Please retry with another image.',
};

export function modelNotFound(model: string, version: string): GeminiError {
  return {
    code: 404,
    status: 'NOT_FOUND',
    message:
      `models/${model} is not found for API version ${version}, or is not supported for generateContent. ` +
      'Call ListModels to see the list of available models and their supported methods.',
  };
}

/** `field` as the API spells it: `generation_config.image_config.image_size`. */
export function invalidArgument(message: string, field?: string): GeminiError {
  const violations = {
    '@type': `${rpc}.BadRequest`,
    fieldViolations: [{ ...(field && { field }), description: message }],
  };
  return { code: 400, status: 'INVALID_ARGUMENT', message, details: [violations] };
}

export function exhausted(quotaId: string, retryDelay?: string): GeminiError {
  const quotaMetric = 'generativelanguage.googleapis.com/generate_content_paid_tier_requests';
  return {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: `You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: ${quotaMetric}, limit: 1`,
    details: [
      {
        '@type': `${rpc}.QuotaFailure`,
        violations: [{ quotaMetric, quotaId, quotaDimensions: { location: 'global' }, quotaValue: '1' }],
      },
      {
        '@type': `${rpc}.Help`,
        links: [
          {
            description: 'Learn more about Gemini API quotas',
            url: 'https://ai.google.dev/gemini-api/docs/rate-limits',
          },
        ],
      },
      ...(retryDelay ? [{ '@type': `${rpc}.RetryInfo`, retryDelay }] : []),
    ],
  };
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
