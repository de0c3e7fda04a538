/** Sends one request. */
import type { Client, CombinedError } from '@urql/core';
import { type Refusal, refusalOf } from '../api/errors.ts';
import { graphql } from '../api/generated/gql.ts';
import type { GenerateImageInput } from '../api/generated/graphql.ts';
import type { Task } from '../api/task.ts';

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

export type SendResult = { task: Task } | { refusal: Refusal };

export type Sender = ReturnType<typeof createSender>;

/**
 * Sends under the idempotency key of a press on Generate, for which the server creates and charges one task. If the outcome
 * of the last request is unknown (no response, or an internal error), the same input is sent again under its key, so that it
 * is not charged twice.
 */
export function createSender(client: Client) {
  const unsure = new Map<string, string>();

  const send = async (
    fingerprint: string,
    keyOfPress: string,
    run: (
      key: string,
    ) => Promise<{ payload: { task: Task } | null | undefined; error: CombinedError | undefined }>,
  ): Promise<SendResult> => {
    const held = unsure.get(fingerprint);
    const key = held ?? keyOfPress;
    unsure.delete(fingerprint);
    const { payload, error } = await run(key);
    if (payload) return { task: payload.task };
    const refusal: Refusal = refusalOf(error) ?? { code: 'INTERNAL' };
    const { code } = refusal;
    const isUnsure = code === 'NETWORK' || code === 'INTERNAL';
    // Refused before the server looked at the key: the earlier outcome is still open.
    const isStillUnsure = held !== undefined && (code === 'RATE_LIMITED' || code === 'UNAUTHENTICATED');
    if (isUnsure || isStillUnsure) unsure.set(fingerprint, key);
    return { refusal };
  };

  return {
    /** `fingerprint` is the same for the same input. */
    send,
    generate: (input: Omit<GenerateImageInput, 'idempotencyKey'>, keyOfPress: string) =>
      send(JSON.stringify(input), keyOfPress, async (idempotencyKey) => {
        const { data, error } = await client.mutation(GenerateImage, { input: { ...input, idempotencyKey } });
        return { payload: data?.generateImage, error };
      }),
  };
}

/** Inputs that were handled within this time are parts of one: a key press causes a click, which causes a submit. */
const dispatchMs = 50;

/**
 * A clock in milliseconds that shows when the user made the input that is being handled, which a busy page handles late.
 * `submit`, and the click that a key press causes, have the time of their handling.
 */
function createInputClock(): () => number {
  let last = { madeAt: 0, handledAt: -Infinity };
  for (const type of ['click', 'keydown', 'keypress', 'keyup'] as const)
    window.addEventListener(
      type,
      (event) => {
        // A click without a pointer has no count.
        const isCaused = type === 'click' && event.detail === 0;
        if (!isCaused) last = { madeAt: event.timeStamp, handledAt: performance.now() };
      },
      { capture: true },
    );
  return () => {
    const now = performance.now();
    return now - last.handledAt < dispatchMs ? last.madeAt : now;
  };
}

/** A repeat within this time is the same press: a double click, or Enter with a click. */
const samePressMs = 500;

/** Ignores a press that arrives twice. `now` is a clock in milliseconds. */
export function createPresses(now: () => number = createInputClock()) {
  let last: { what: string; at: number } | undefined;
  return {
    /** Whether a press is a new one; `what` identifies what it submits. */
    isNew(what: string): boolean {
      const at = now();
      const isSame = last?.what === what && at - last.at < samePressMs;
      last = { what, at };
      return !isSame;
    },
    reset: () => (last = undefined),
  };
}
