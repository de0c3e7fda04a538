import { Show } from 'solid-js';
import { GetCredits } from '../../account/get-credits.tsx';
import { Button } from '../../ui/button.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import type { FormProps } from '../form-props.ts';

/** A cheaper request that the balance is enough for; if there is none, how to get more credits. */
export function CostOffer(props: FormProps) {
  return (
    <Show
      when={props.submission.affordable()}
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
