/** Sends one request. */
import type { Client } from '@urql/core';
import { type Refusal, refusalOf } from '../../api/errors.ts';
import { graphql } from '../../api/generated/gql.ts';
import type { GenerateImageInput } from '../../api/generated/graphql.ts';
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
    const held = unsure.get(fingerprint);
    const key = held ?? crypto.randomUUID();
    unsure.delete(fingerprint);
    const result = await run(key);
    const code = 'refusal' in result ? result.refusal.code : undefined;
    const isUnsure = code === 'NETWORK' || code === 'INTERNAL';
    // Refused before the key was looked at, which leaves open what became of the time before.
    const isStillUnsure = held !== undefined && (code === 'RATE_LIMITED' || code === 'UNAUTHENTICATED');
    if (isUnsure || isStillUnsure) unsure.set(fingerprint, key);
    return result;
  };

  return {
    generate: (input) =>
      send(JSON.stringify(input), async (idempotencyKey) => {
        const { data, error } = await client
          .mutation(GenerateImage, { input: { ...input, idempotencyKey } })
          .toPromise();
        return data?.generateImage
          ? { task: data.generateImage.task }
          : { refusal: refusalOf(error) ?? { code: 'INTERNAL' } };
      }),
    retry: (id) =>
      send(`retry ${id}`, async (idempotencyKey) => {
        const { data, error } = await client.mutation(RetryTask, { id, idempotencyKey }).toPromise();
        return data?.retryTask
          ? { task: data.retryTask.task }
          : { refusal: refusalOf(error) ?? { code: 'INTERNAL' } };
      }),
  };
}
