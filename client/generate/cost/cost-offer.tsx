import { Show } from 'solid-js';
import { GetCredits } from '../../account/get-credits.tsx';
import { Button } from '../../ui/button.tsx';
import { laterWords } from '../../i18n/lazy-messages.ts';
import type { BenchProps } from '../form-props.ts';

/** What can be had for the credits that are left; where that is nothing, the way to more. */
export function CostOffer(props: BenchProps) {
  return (
    <Show
      when={props.composer.affordable()}
      fallback={
        <>
          <Show when={props.balanceCredits}>
            <p class="cost-offer">{laterWords.cost.nothingCheaper}</p>
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
          {offer().model.id === props.composer.choice().model?.id
            ? laterWords.cost.makeFewer(offer().count, offer().costCredits)
            : laterWords.cost.useCheaper(offer().costCredits)}
        </Button>
      )}
    </Show>
  );
}
