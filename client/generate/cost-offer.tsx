import { createMemo, Show } from 'solid-js';
import { GetCredits } from '../account/get-credits.tsx';
import { Button } from '../ui/button.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import type { FormProps } from './generate-form.tsx';
import { type Model, optionOf } from './options/model-choice.ts';

/** A cheaper request that the balance is enough for; if there is none, how to get more credits. */
export function CostOffer(props: FormProps) {
  const offer = createMemo(() => {
    const { scene } = props.draft.content;
    return affordable({
      models: props.models.of(scene),
      chosen: props.submission.choice().model,
      count: props.submission.options()?.count ?? 1,
      referenceCount: scene === 'IMAGE_TO_IMAGE' ? props.references.items.length : 0,
      balanceCredits: props.balanceCredits,
    });
  });
  return (
    <Show
      when={offer()}
      fallback={
        <>
          <Show when={props.balanceCredits}>
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
            props.draft.change({ modelId: offer().model.id, count: offer().count });
            props.fields.get('send')?.focus();
          }}
        >
          {offer().model.id === props.submission.choice().model?.id
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
    .filter((model) => maxImages(model) >= count && model.maxReferenceImages >= referenceCount)
    .map((model) => ({ model, count, costCredits: model.costCredits * count }))
    .filter(({ costCredits }) => costCredits <= balanceCredits)
    .toSorted((one, two) => two.costCredits - one.costCredits);
  if (other) return other;
  const fewer = Math.min(count - 1, Math.floor(balanceCredits / chosen.costCredits));
  return fewer >= 1 ? { model: chosen, count: fewer, costCredits: fewer * chosen.costCredits } : undefined;
}

function maxImages(model: Pick<Model, 'options'>): number {
  return optionOf(model, 'count')?.max ?? 1;
}
