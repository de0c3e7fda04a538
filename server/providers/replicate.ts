/**
 * Image models at Replicate, through its SDK: a request creates a prediction, which is then polled. Neither the
 * SDK's `run` nor its `wait` is used: `wait` never ends on `aborted`, and `run` answers with nothing where a wait ran out.
 */
import Replicate from 'replicate';
import { createGuardedFetch, originOf } from '../lib/guarded-fetch.ts';
import { isJsonObject, type JsonValue } from '../lib/json.ts';
import type { Log } from '../lib/log.ts';
import { isSuccess, type RequestResult, sendRequest } from './send-request.ts';
import { readOutputs } from './outputs.ts';
import {
  GenerationError,
  type GenerationFailure,
  type GenerationState,
  type ImageProvider,
  type ReferenceImage,
  type Submission,
} from './provider.ts';
import { replicateInput } from './replicate-input.ts';
import {
  predictionId,
  readCreation,
  readPoll,
  readUpload,
  type ReplicateReading,
} from './replicate-outcome.ts';
import {
  findSubmission,
  readReplicateWebhook,
  replicateWebhookUrl,
  type WebhookReading,
  type WebhookRequest,
} from './replicate-webhook.ts';

export interface ReplicateProviderOptions {
  token: string;
  /** Ends in `/v1`. Default: the public API. */
  baseUrl?: string | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** Where outputs may lie beside the public internet and the origin of `baseUrl`. */
  outputOrigins?: readonly string[] | undefined;
  /** Where Replicate can reach us, without a slash at the end, and what it may sign with (`whsec_…`). */
  webhooks?: { publicUrl: string; secrets: readonly string[] } | undefined;
  userAgent?: string | undefined;
  /** Default: 30 s to create, 10 s to ask or cancel, 60 s to upload one reference. */
  timeoutsMs?: { create?: number; get?: number; upload?: number } | undefined;
  log?: Pick<Log, 'warn'> | undefined;
}

const maxAnswerBytes = 32 * 1024 * 1024;
/** A page has 100 predictions. */
const maxListPages = 5;
/** Left to a prediction beyond the task's deadline, so that ours comes first; the least that is ever sent. */
const deadlineGraceSeconds = 5;

export interface ReplicateProvider extends ImageProvider {
  /** Checks and reads a webhook; absent where webhooks are not set up. */
  readWebhook?(request: WebhookRequest, nowMs: number): WebhookReading;
}

/** An adapter whose `operation` is `{ id }`, the prediction's. */
export function createReplicateProvider(options: ReplicateProviderOptions): ReplicateProvider {
  const { token, webhooks } = options;
  const allowedOrigins = [...originOf(options.baseUrl), ...(options.outputOrigins ?? [])];
  const fetchOutput = createGuardedFetch({ allowedOrigins });
  const reading = {
    secrets: [token],
    images: (output: unknown) => readOutputs(output, { fetch: fetchOutput }),
  };
  const call = createCall(options);

  return {
    async start(request, { signal }): Promise<GenerationState> {
      const endsAtMs = performance.now() + request.timeLeftMs;
      const uploaded = await uploadReferences(call, request.references, signal);
      if ('failure' in uploaded) return { status: 'failed', failure: uploaded.failure };
      if (signal.aborted) return readCreation({ kind: 'unsent', reason: 'ABORTED' }, reading);
      const creation = {
        ...(request.model.includes(':') ? { version: request.model } : { model: request.model }),
        input: replicateInput(request, uploaded.urls),
        ...(webhooks && {
          webhook: replicateWebhookUrl(webhooks.publicUrl, request),
          webhook_events_filter: ['start', 'logs', 'completed'],
        }),
      } as Parameters<Replicate['predictions']['create']>[0];
      // Not aborted with the caller: the prediction may already run, and its id would be lost.
      const result = await call('create', (client) => client.predictions.create(creation), {
        headers: { 'Cancel-After': cancelAfter(endsAtMs - performance.now()) },
      });
      return readCreation(result, reading);
    },

    async poll(operation, { signal }): Promise<GenerationState> {
      const id = idOf(operation);
      if (id === undefined) return { status: 'failed', failure: { code: 'PROVIDER_LOST', reason: 'NO_ID' } };
      return readPoll(await call('get', (client) => client.predictions.get(id), { signal }), reading);
    },

    ...(webhooks && withWebhooks(call, webhooks.secrets, reading)),

    async cancel(operation, { signal }): Promise<void> {
      const id = idOf(operation);
      if (id === undefined) return;
      const result = await call('cancel', (client) => client.predictions.cancel(id), { signal });
      const isGone = result.kind === 'answered' && result.status === 404;
      if (!isSuccess(result) && !isGone) throw new GenerationError('PROVIDER_UNAVAILABLE');
    },
  };
}

type Call = ReturnType<typeof createCall>;

/** Makes requests through the SDK. A client for each call ties the request to what went over the wire. */
function createCall({ token, baseUrl, userAgent, log, ...options }: ReplicateProviderOptions) {
  const { fetch = globalThis.fetch } = options;
  const timeoutsMs = { create: 30_000, get: 10_000, upload: 60_000, ...options.timeoutsMs };
  return (
    name: 'create' | 'get' | 'list' | 'upload' | 'cancel',
    run: (client: Replicate) => Promise<unknown>,
    details: { signal?: AbortSignal; headers?: Record<string, string> } = {},
  ): Promise<RequestResult> => {
    const timeoutMs = timeoutsMs[name === 'cancel' || name === 'list' ? 'get' : name];
    return sendRequest(
      { call: `replicate.${name}`, fetch, timeoutMs, maxBytes: maxAnswerBytes, log, ...details },
      (fetchOnce) =>
        run(
          new Replicate({
            auth: token,
            ...(baseUrl !== undefined && { baseUrl }),
            ...(userAgent !== undefined && { userAgent }),
            fetch: fetchOnce,
            useFileOutput: false,
          }),
        ),
    );
  };
}

/** Uploads all references. The first failure aborts the others: no request is sent without all of its references. */
async function uploadReferences(
  call: Call,
  references: readonly ReferenceImage[],
  signal: AbortSignal,
): Promise<{ urls: string[] } | { failure: GenerationFailure }> {
  const failed = new AbortController();
  const options = { signal: AbortSignal.any([signal, failed.signal]) };
  let failure: GenerationFailure | undefined;
  const urls = await Promise.all(
    references.map(async ({ bytes, contentType }, index) => {
      const name = `reference-${index + 1}.${contentType.split('/')[1] ?? 'bin'}`;
      const file = new File([new Uint8Array(bytes)], name, { type: contentType });
      const result = readUpload(await call('upload', (client) => client.files.create(file), options));
      if ('url' in result) return result.url;
      failure ??= result.failure;
      failed.abort();
      return '';
    }),
  );
  return failure ? { failure } : { urls };
}

/** What webhooks make possible: each prediction carries the address of its own, by which it is found. */
function withWebhooks(call: Call, secrets: readonly string[], reading: ReplicateReading) {
  return {
    reports: true,

    /** In the recent predictions, newest first. */
    async find(submission: Submission, { signal }: { signal: AbortSignal }): Promise<GenerationState | null> {
      let cursor: string | undefined;
      for (let page = 0; page < maxListPages; page += 1) {
        const result = await call('list', (client) => listPredictions(client, cursor), { signal });
        if (!isSuccess(result) || result.kind !== 'answered') return { status: 'unknown' };
        const found = findSubmission(result, submission);
        if (found.prediction) return readPoll({ ...result, body: found.prediction }, reading);
        if (found.next === undefined) return null;
        cursor = found.next;
      }
      return null;
    },

    readWebhook: (request: WebhookRequest, nowMs: number) =>
      readReplicateWebhook(request, {
        secrets,
        nowMs,
        readState: (body) =>
          readPoll({ kind: 'answered', status: 200, headers: new Headers(), body }, reading),
      }),
  };
}

function listPredictions(client: Replicate, cursor: string | undefined): Promise<unknown> {
  return cursor === undefined
    ? client.predictions.list()
    : client.request('/predictions', { method: 'GET', params: { cursor } });
}

/** A `Cancel-After` header, `170s`: https://replicate.com/changelog/2025-10-16-prediction-deadlines */
function cancelAfter(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  return `${Math.max(0, seconds) + deadlineGraceSeconds}s`;
}

function idOf(operation: JsonValue): string | undefined {
  return isJsonObject(operation) ? predictionId(operation['id']) : undefined;
}
