/** Repeats earlier requests at once, as they were or with another model. */
import type { Client } from '@urql/core';
import { createEffect, createRoot, untrack } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import { requestedRatio, type Task } from '../api/task.ts';
import { exactCost } from './exact-cost.ts';
import { createPrefill, type PrefillOptions, usedOptions } from './prefill.ts';
import { acceptedOptions, type Model } from './options/model-choice.ts';
import type { Models } from './options/models.ts';
import { createSender } from './send.ts';
import type { Submission } from './submission.ts';
import { createId } from '../ui/id.ts';
import type { Router } from '../ui/router.ts';

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

/** A model that can carry out a request, and what it costs there. */
interface Offer {
  model: Pick<Model, 'id' | 'label'>;
  costCredits: number;
}

export interface RepeatOptions extends PrefillOptions {
  client: Client;
  models: Models;
  router: Pick<Router, 'path' | 'go'>;
  submission: Pick<Submission, 'begin' | 'dispatch' | 'settle'>;
}

export type Repeats = ReturnType<typeof createRepeats>;

/** Ends with its owner. */
export function createRepeats(options: RepeatOptions) {
  const { client, models, router, submission } = options;
  const sender = createSender(client);
  const retrying = new Set<string>();
  /** The request for another model, without the seed: options that it does not take are left to it. */
  const requestTo = (task: Task, model: Model) => ({
    model: model.id,
    prompt: task.prompt,
    scene: task.scene,
    options: acceptedOptions(model, { ...usedOptions(task), seed: '' }),
    referenceImages: task.referenceImages.map(({ id }) => id),
    parent: task.id,
    // They are the model's own.
    ...(model.id === task.model.id && { providerOptions: task.providerOptions }),
  });

  /** Leads to where the request develops. */
  const showFeed = () => untrack(router.path) !== '/' && router.go('/');

  /** Sends the request of the task to the model of an offer, with a new seed. The same press twice sends once. */
  const send = async (task: Task, { model: { id }, costCredits }: Offer): Promise<void> => {
    const model = models.of(task.scene).find((each) => each.id === id);
    if (!model || !submission.begin(`repeat ${task.id} ${id}`)) return;
    showFeed();
    const input = requestTo(task, model);
    const ratio = requestedRatio(input.options.aspectRatio, task.referenceImages[0]);
    const offer = { model, costCredits };
    const tryAgain = () => void send(task, offer);
    await submission.dispatch(input, { ...offer, ratio }, createId(), tryAgain);
  };

  /** The same request once more, as the server has it. The same press twice, or while it runs, sends once. */
  const retry = async (task: Task): Promise<void> => {
    if (retrying.has(task.id) || !submission.begin(`retry ${task.id}`)) return;
    retrying.add(task.id);
    showFeed();
    const sent = sender.send(`retry ${task.id}`, createId(), async (idempotencyKey) => {
      const { data, error } = await client.mutation(RetryTask, { id: task.id, idempotencyKey });
      return { payload: data?.retryTask, error };
    });
    const settled = submission.settle(sent, task.costCredits, () => void retry(task));
    await settled.finally(() => retrying.delete(task.id));
  };

  return {
    ...createPrefill(options),
    send,
    retry,

    /**
     * The models that can carry out the request of the task, its own included, with the exact price of each; none where
     * a reference has been deleted.
     */
    async offers(task: Task): Promise<Offer[]> {
      await isSettled(() => models.status() !== 'loading');
      if (task.removedReferences > 0) return [];
      const needed = task.referenceImages.length;
      const fitting = models.of(task.scene).filter((model) => model.maxReferenceImages >= needed);
      const offers = await Promise.all(
        fitting.map(async (model) => {
          const { count } = requestTo(task, model).options;
          const costCredits = await exactCost(client, model, { scene: task.scene, count });
          return costCredits === undefined ? [] : [{ model, costCredits }];
        }),
      );
      return offers.flat();
    },
  };
}

/** Resolves once that is true. */
function isSettled(condition: () => boolean): Promise<void> {
  return new Promise((resolve) =>
    createRoot((dispose) =>
      createEffect(() => {
        if (!condition()) return;
        resolve();
        dispose();
      }),
    ),
  );
}
