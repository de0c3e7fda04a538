/** One prompt on several models: a request for each, all sent by one press of Generate. */
import type { Client } from '@urql/core';
import { type Accessor, createMemo, createResource, createSignal, For, Show, untrack } from 'solid-js';
import type { Refusal } from '../api/errors.ts';
import { requestedRatio } from '../api/task.ts';
import type { Draft } from './draft.ts';
import { exactCost } from './exact-cost.ts';
import { acceptedOptions, type Model, optionLabels, optionNames } from './options/model-choice.ts';
import type { Models } from './options/models.ts';
import './several-models.css';
import type { createChoice, RequestInput, Submission } from './submission.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { createId } from '../ui/id.ts';
import type { Toasts } from '../ui/toasts.tsx';

interface SeveralModelsOptions {
  client: Client;
  draft: Draft;
  models: Models;
  chosen: ReturnType<typeof createChoice>;
  /** Of the chosen model. */
  ownCost: Accessor<number | undefined>;
  submission: Pick<Submission, 'dispatch' | 'sources'>;
  toasts: Toasts;
}

/** What the server said to the request of a model; undefined where it was accepted. */
type Outcome = readonly [model: Model, refusal: Refusal | undefined];

export type SeveralModels = ReturnType<typeof createSeveralModels>;

/** Ends with its owner. */
export function createSeveralModels(options: SeveralModelsOptions) {
  const { client, draft, models, chosen, submission, toasts } = options;
  const [ticked, setTicked] = createSignal<readonly string[]>([]);
  const own = () => chosen.choice().model;
  const others = createMemo(() => models.of(draft.content.scene).filter(({ id }) => id !== own()?.id));
  const fits = (model: Model) => model.maxReferenceImages >= submission.sources().length;
  /** The ticked models that can carry out the request. */
  const also = createMemo(() => others().filter((model) => ticked().includes(model.id) && fits(model)));
  const optionsFor = (model: Model) => acceptedOptions(model, draft.content);

  // Text, as equal requests come in new objects.
  const priced = createMemo(() =>
    JSON.stringify(others().map((model) => [model.id, draft.content.scene, optionsFor(model).count])),
  );
  const [prices] = createResource(priced, async () => {
    const { scene } = draft.content;
    const asked = untrack(others).map(
      async (model) =>
        [model.id, await exactCost(client, model, { scene, count: optionsFor(model).count })] as const,
    );
    return new Map(await Promise.all(asked));
  });
  const priceOf = ({ id }: Model) => (prices.loading ? undefined : prices.latest?.get(id));
  /** What the press costs: of each model, the chosen one first. Undefined until all are known. */
  const parts = (ownCost: number | undefined): number[] | undefined => {
    const all = [ownCost, ...also().map(priceOf)];
    return all.every((cost) => cost !== undefined) ? all : undefined;
  };

  /** The keys of the press, by model: a repeat of the press charges no model twice. */
  let press = { key: '', keys: new Map<string, string>() };
  const keyFor = (model: Model) => {
    const key = press.keys.get(model.id) ?? createId();
    press.keys.set(model.id, key);
    return key;
  };
  const sendTo = async (model: Model, input: RequestInput, key: string): Promise<Outcome> => {
    const to = { ...input, model: model.id, options: optionsFor(model) };
    const ratio = requestedRatio(to.options.aspectRatio, submission.sources()[0]?.size);
    const again = () => void sendRest([model], input);
    return [model, await submission.dispatch(to, { model, ratio, costCredits: priceOf(model) }, key, again)];
  };
  /** Says which models have the request, where some have and some have not. Those that have it lose their tick. */
  const report = (outcomes: readonly Outcome[], input: RequestInput) => {
    const labels = (all: readonly Outcome[]) => all.map(([model]) => model.label);
    const failed = outcomes.filter(([, refusal]) => refusal);
    if (failed.length === 0 || failed.length === outcomes.length) return;
    const isUnknown = ([, refusal]: Outcome) => refusal?.code === 'NETWORK' || refusal?.code === 'INTERNAL';
    const sent = outcomes.filter(([, refusal]) => !refusal);
    setTicked(failed.map(([{ id }]) => id).filter((id) => id !== own()?.id));
    const refused = failed.filter((outcome) => !isUnknown(outcome));
    const unknown = failed.filter(isUnknown);
    const rest = failed.map(([model]) => model);
    const dismiss = toasts.show({
      text: [
        ...(refused.length > 0 ? [lazyMessages.several.partly(labels(sent), labels(refused))] : []),
        ...(unknown.length > 0 ? [lazyMessages.several.unknown(labels(unknown))] : []),
      ].join(' '),
      kind: 'error',
      action: {
        label: lazyMessages.several.sendRest,
        run() {
          dismiss();
          void sendRest(rest, input);
        },
      },
    });
  };
  const sendRest = async (rest: readonly Model[], input: RequestInput) =>
    report(await Promise.all(rest.map((model) => sendTo(model, input, keyFor(model)))), input);

  return {
    /** The sum for the press, where the request of the chosen model costs so much. */
    total: (ownCost: number | undefined) => parts(ownCost)?.reduce((sum, cost) => sum + cost, 0),
    /** Sends the request, which goes to the chosen model, to the ticked ones too. `key` is that of the press. */
    send(input: RequestInput, key: string, outcome: Promise<Refusal | undefined>) {
      const model = own();
      const further = also();
      if (!model || further.length === 0) return;
      if (press.key !== key) press = { key, keys: new Map([[model.id, key]]) };
      const all = further.map((other) => sendTo(other, input, keyFor(other)));
      void Promise.all([outcome.then((refusal) => [model, refusal] as const), ...all]).then((outcomes) =>
        report(outcomes, input),
      );
    },
    view: () => (
      <fieldset class="several">
        <legend class="label">{lazyMessages.several.legend}</legend>
        <For each={others()} fallback={<p class="hint">{lazyMessages.several.none}</p>}>
          {(model) => (
            <label class="check">
              <input
                type="checkbox"
                checked={ticked().includes(model.id)}
                disabled={!fits(model)}
                onChange={({ currentTarget }) =>
                  setTicked((ids) =>
                    currentTarget.checked ? [...ids, model.id] : ids.filter((id) => id !== model.id),
                  )
                }
              />
              <span>
                {model.label}
                <span class="several-note">
                  {[
                    messages.models.optionDetail(
                      priceOf(model) ?? model.costCredits,
                      model.typicalDurationMs,
                    ),
                    ...notes(model),
                  ].join(' · ')}
                </span>
              </span>
            </label>
          )}
        </For>
        <Show when={also().length > 0 && parts(options.ownCost())}>
          {(all) => (
            <p class="several-sum" role="status">
              {lazyMessages.several.sum(
                all(),
                all().reduce((sum, cost) => sum + cost, 0),
              )}
            </p>
          )}
        </Show>
        <Show when={ticked().length > 0}>
          <Button kind="quiet" onClick={() => setTicked([])}>
            {lazyMessages.several.oneModel}
          </Button>
        </Show>
      </fieldset>
    ),
  };

  /** What of the request a model does not do. */
  function notes(model: Model): string[] {
    const texts = lazyMessages.several;
    if (!fits(model)) return [texts.tooManyReferences(model.maxReferenceImages)];
    const accepted = optionsFor(model);
    const ignored = optionNames.filter(
      (name) => name !== 'count' && draft.content[name] !== '' && accepted[name] == null,
    );
    return [
      ...(accepted.count < draft.content.count ? [texts.fewer(accepted.count)] : []),
      ...(ignored.length > 0 ? [texts.ignores(ignored.map((name) => optionLabels[name]))] : []),
    ];
  }
}
