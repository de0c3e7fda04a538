import { Show } from 'solid-js';
import { CostLine } from '../../credits/cost-line.tsx';
import { Button } from '../../ui/button.tsx';
import { words } from '../../ui/words.ts';
import type { BenchProps } from './bench-props.ts';
import { GenerateButton } from './generate-button.tsx';
import { SendNotice } from './send-notice.tsx';

/** The foot of the form: what the request costs, what keeps it from going, and the button that sends it. */
export function PayRow(props: BenchProps & { problem: string | undefined }) {
  return (
    <div class="pay">
      <CostLine costCredits={props.costCredits} balanceCredits={props.balanceCredits}>
        <AffordableOffer {...props} />
      </CostLine>
      <SendNotice
        composer={props.composer}
        toasts={props.toasts}
        problem={props.problem}
        isOnScreen={isShort(props)}
      />
      <GenerateButton composer={props.composer} ref={(element) => props.fields.set('send', element)}>
        <kbd aria-hidden="true">{words.bench.shortcut}</kbd>
      </GenerateButton>
    </div>
  );
}

function isShort({ costCredits, balanceCredits }: BenchProps): boolean {
  return costCredits !== undefined && balanceCredits !== undefined && costCredits > balanceCredits;
}

/** Credits are not sold here, so what can be had for those that are left is all there is to offer. */
function AffordableOffer(props: BenchProps) {
  return (
    <Show when={props.composer.affordable()} fallback={<p class="cost-offer">{words.cost.nothingCheaper}</p>}>
      {(offer) => (
        <Button
          class="cost-offer"
          onClick={() => {
            props.draft.change({ modelId: offer().model.id, count: offer().count });
            props.fields.get('send')?.focus();
          }}
        >
          {offer().model.id === props.composer.choice().model?.id
            ? words.cost.makeFewer(offer().count, offer().costCredits)
            : words.cost.useCheaper(offer().costCredits)}
        </Button>
      )}
    </Show>
  );
}
