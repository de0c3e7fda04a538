import { createMemo, Show } from 'solid-js';
import { GetCredits } from '../account/get-credits.tsx';
import { Button } from '../ui/button.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import type { FormProps } from './generate-form.tsx';
import { type Model, optionOf } from './options/model-choice.ts';

/** A cheaper request that the balance is enough for; if there is none, how to get more credits. */
export function CostOffer(props: FormProps) {
  const { draft, models, submission, balance, fields } = props.form;
  const offer = createMemo(() =>
    affordable({
      models: models.of(draft.content.scene),
      chosen: submission.choice().model,
      count: submission.options()?.count ?? 1,
      referenceCount: submission.sources().length,
      balanceCredits: balance(),
    }),
  );
  return (
    <Show
      when={offer()}
      fallback={
        <>
          <Show when={balance()}>
            <p class="cost-offer">{lazyMessages.cost.nothingCheaper}</p>
          </Show>
          <GetCredits terms={props.creditTerms} />
        </>
      }
    >
      {(offer) => (
        <Button
          class="cost-offer"
          onClick={() => {
            draft.change({ modelId: offer().model.id, count: offer().count });
            fields.get('send')?.focus();
          }}
        >
          {offer().model.id === submission.choice().model?.id
            ? lazyMessages.cost.makeFewer(offer().count, offer().costCredits)
            : lazyMessages.cost.useCheaper(offer().costCredits)}
        </Button>
      )}
    </Show>
  );
}

/**
 * As many images from a cheaper model, the dearest that fits; else fewer images from the chosen model; else nothing. By
 * the price of one image; the API's figure is queried once the offer is accepted.
 */
export function affordable(options: {
  models: readonly Model[];
  chosen: Model | undefined;
  count: number;
  /** How many references the model must support. */
  referenceCount: number;
  /** Undefined where it is not known. */
  balanceCredits: number | undefined;
}): { model: Model; count: number; costCredits: number } | undefined {
  const { models, chosen, count, referenceCount, balanceCredits } = options;
  if (balanceCredits === undefined || !chosen) return undefined;
  const [other] = models
    .filter((model) => model.id !== chosen.id)
    .filter((model) => (optionOf(model, 'count')?.max ?? 1) >= count)
    .filter((model) => model.maxReferenceImages >= referenceCount)
    .map((model) => ({ model, count, costCredits: model.costCredits * count }))
    .filter(({ costCredits }) => costCredits <= balanceCredits)
    .toSorted((one, two) => two.costCredits - one.costCredits);
  if (other) return other;
  const fewer = Math.min(count - 1, Math.floor(balanceCredits / chosen.costCredits));
  return fewer >= 1 ? { model: chosen, count: fewer, costCredits: fewer * chosen.costCredits } : undefined;
}
