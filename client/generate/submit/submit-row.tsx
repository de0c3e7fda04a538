import { lazy, Suspense } from 'solid-js';
import { CostLine } from '../cost/cost-line.tsx';
import { words } from '../../i18n/messages.ts';
import type { BenchProps } from '../form-props.ts';
import { GenerateButton } from './generate-button.tsx';
import { SendNotice } from './submit-notice.tsx';

// Most balances are enough.
const CostOffer = lazy(async () => ({ default: (await import('../cost/cost-offer.tsx')).CostOffer }));

/** Fetches what is offered where the balance is too small, so that it is there without a connection, too. */
export const preloadCostOffer = (): Promise<unknown> => CostOffer.preload();

/** The foot of the form: what the request costs, what keeps it from going, and the button that sends it. */
export function PayRow(props: BenchProps & { problem: string | undefined }) {
  return (
    <div class="pay">
      <Cost {...props} />
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

/** What the request costs, and what helps where the balance is too small for it. */
export function Cost(props: BenchProps) {
  return (
    <CostLine
      costCredits={props.costCredits}
      balanceCredits={props.balanceCredits}
      freeCredits={props.creditTerms?.signupCredits}
    >
      <Suspense>
        <CostOffer {...props} />
      </Suspense>
    </CostLine>
  );
}

export function isShort({ costCredits, balanceCredits }: BenchProps): boolean {
  return costCredits !== undefined && balanceCredits !== undefined && costCredits > balanceCredits;
}
