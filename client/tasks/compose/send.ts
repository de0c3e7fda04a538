/** Sends one request, and turns a refusal into words. */
import type { Client } from '@urql/core';
import { type Refusal, refusalOf } from '../../api/errors.ts';
import { graphql } from '../../api/generated/gql.ts';
import type { GenerateImageInput } from '../../api/generated/graphql.ts';
import { words } from '../../ui/words.ts';
import type { Task } from '../task.ts';

const GenerateImage = graphql(`
  mutation GenerateImage($input: GenerateImageInput!) {
    generateImage(input: $input) {
      task {
        ...TaskFields
      }
      viewer {
        id
        credits
      }
    }
  }
`);

const RetryTask = graphql(`
  mutation RetryTask($id: ID!, $idempotencyKey: String) {
    retryTask(id: $id, idempotencyKey: $idempotencyKey) {
      task {
        ...TaskFields
      }
      viewer {
        id
        credits
      }
    }
  }
`);

export type SendResult = { task: Task } | { refusal: Refusal };

export interface Sender {
  generate(input: Omit<GenerateImageInput, 'idempotencyKey'>): Promise<SendResult>;
  retry(taskId: string): Promise<SendResult>;
}

/**
 * Each call is a request of its own, with an idempotency key of its own. Only where the fate of the last one is unknown
 * (no answer came, or the server broke) does the same input go out again under the same key, so that it is not charged twice.
 */
export function createSender(client: Client): Sender {
  const unsure = new Map<string, string>();

  const send = async (
    fingerprint: string,
    run: (key: string) => Promise<SendResult>,
  ): Promise<SendResult> => {
    const key = unsure.get(fingerprint) ?? crypto.randomUUID();
    unsure.delete(fingerprint);
    const result = await run(key);
    if ('refusal' in result && (result.refusal.code === 'NETWORK' || result.refusal.code === 'INTERNAL'))
      unsure.set(fingerprint, key);
    return result;
  };

  return {
    generate: (input) =>
      send(JSON.stringify(input), async (idempotencyKey) => {
        const { data, error } = await client
          .mutation(GenerateImage, { input: { ...input, idempotencyKey } })
          .toPromise();
        return data
          ? { task: data.generateImage.task }
          : { refusal: refusalOf(error) ?? { code: 'INTERNAL' } };
      }),
    retry: (id) =>
      send(`retry ${id}`, async (idempotencyKey) => {
        const { data, error } = await client.mutation(RetryTask, { id, idempotencyKey }).toPromise();
        return data ? { task: data.retryTask.task } : { refusal: refusalOf(error) ?? { code: 'INTERNAL' } };
      }),
  };
}

/** What a person is told of a refusal. */
export function refusalWords(
  refusal: Refusal,
  facts: {
    costCredits?: number | undefined;
    balanceCredits?: number | undefined;
    activeTasks: number;
    waitSeconds?: number | undefined;
  },
): string {
  const { costCredits, balanceCredits } = facts;
  switch (refusal.code) {
    case 'INSUFFICIENT_CREDITS':
      return costCredits !== undefined && balanceCredits !== undefined && balanceCredits < costCredits
        ? words.cost.notEnough(costCredits, balanceCredits)
        : words.refusal.notEnough;
    case 'UNAUTHENTICATED':
      return words.auth.signedOut;
    case 'RATE_LIMITED':
      return words.refusal.rateLimited(facts.waitSeconds);
    case 'TOO_MANY_ACTIVE_TASKS':
      return words.refusal.tooManyActive(facts.activeTasks);
    case 'INVALID_INPUT':
      return invalidInputWords(refusal.field);
    case 'UPLOAD_TOO_LARGE':
    case 'UNSUPPORTED_MEDIA_TYPE':
    case 'UNREADABLE_IMAGE':
      return words.refusal.referenceUnusable;
    case 'IDEMPOTENCY_CONFLICT':
      return words.refusal.changed;
    case 'FORBIDDEN':
      return words.refusal.forbidden;
    case 'NOT_FOUND':
      return words.refusal.gone;
    case 'QUERY_TOO_COMPLEX':
      return words.refusal.tooComplex;
    case 'NETWORK':
      return words.refusal.unreachable;
    default:
      return words.refusal.internal;
  }
}

const fieldLabels: Readonly<Record<string, string>> = {
  prompt: words.prompt.label,
  model: words.models.model,
  provider: words.models.provider,
  scene: words.bench.scenes,
  referenceImages: words.references.label,
  'options.count': words.models.count,
  'options.aspectRatio': words.models.aspectRatio,
  'options.resolution': words.models.resolution,
  'options.outputFormat': words.models.outputFormat,
  'options.seed': words.models.seed,
};

function invalidInputWords(field: string | undefined): string {
  const label = fieldLabels[field?.replace(/^input\./, '') ?? ''];
  return label ? words.refusal.invalid(label) : words.refusal.invalidRequest;
}
