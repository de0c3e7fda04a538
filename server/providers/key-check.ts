/** Calls of the providers' APIs that cost nothing and need a valid key, through their SDKs. */
import Replicate from 'replicate';
import { createClient } from './gemini.ts';
import { type RequestResult, sendRequest } from './send-request.ts';

export interface KeyOptions {
  key: string;
  /** As the SDK takes it; the provider's own where absent. */
  baseUrl?: string | undefined;
  timeoutMs: number;
}

const maxBytes = 1_000_000;

/** The account of the token (`GET /v1/account`, https://replicate.com/docs/reference/http#account.get). */
export function askReplicate({ key, baseUrl, timeoutMs }: KeyOptions): Promise<RequestResult> {
  return sendRequest({ call: 'replicate.account', fetch, timeoutMs, maxBytes }, (fetchOnce) =>
    new Replicate({
      auth: key,
      ...(baseUrl !== undefined && { baseUrl }),
      fetch: fetchOnce,
    }).accounts.current(),
  );
}

/** The description of the model (`models.get`, https://ai.google.dev/api/models). */
export function askGemini({
  key,
  baseUrl,
  timeoutMs,
  model,
}: KeyOptions & { model: string }): Promise<RequestResult> {
  return sendRequest({ call: 'gemini.models', fetch, timeoutMs, maxBytes }, async (fetchOnce) => {
    const { models } = await createClient({ apiKey: key, baseUrl });
    return models.get({ model, config: { httpOptions: { fetch: fetchOnce } } });
  });
}
