import { Suspense } from 'solid-js';
import { CostLine } from '../cost/cost-line.tsx';
import { messages } from '../../i18n/messages.ts';
import type { FormProps } from '../form-props.ts';
import { GenerateButton } from './generate-button.tsx';
import { SendNotice } from './submit-notice.tsx';
import { lazyComponent } from '../../ui/lazy-component.ts';

// Most balances are enough.
const CostOffer = lazyComponent(() => import('../cost/cost-offer.tsx'), 'CostOffer');

/** Fetches what is offered where the balance is too small, so that it is there without a connection, too. */
export const preloadCostOffer = (): Promise<unknown> => CostOffer.preload();

/** The foot of the form: what the request costs, what keeps it from going, and the button that sends it. */
export function PayRow(props: FormProps & { problem: string | undefined }) {
  return (
    <div class="pay">
      <Cost {...props} />
      <SendNotice
        submission={props.submission}
        toasts={props.toasts}
        problem={props.problem}
        isOnScreen={isShort(props)}
      />
      <GenerateButton submission={props.submission} ref={(element) => props.fields.set('send', element)}>
        <kbd aria-hidden="true">{messages.form.shortcut}</kbd>
      </GenerateButton>
    </div>
  );
}

/** What the request costs, and what helps where the balance is too small for it. */
export function Cost(props: FormProps) {
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

export function isShort({ costCredits, balanceCredits }: FormProps): boolean {
  return costCredits !== undefined && balanceCredits !== undefined && costCredits > balanceCredits;
}
