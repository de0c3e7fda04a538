import { type JSX, Show, Suspense } from 'solid-js';
import type { FormProps } from '../form-props.ts';
import { GenerateButton } from './generate-button.tsx';
import { SendNotice } from './submit-notice.tsx';
import { messages } from '../../i18n/messages.ts';
import { lazyComponent } from '../../ui/lazy-component.ts';
import { liveText } from '../../ui/live-text.ts';

// Most balances are enough.
const CostOffer = lazyComponent(() => import('../cost/cost-offer.tsx'), 'CostOffer');

/** Fetches what is offered where the balance is too small, so that it is there without a connection, too. */
export const preloadCostOffer = (): Promise<unknown> => CostOffer.preload();

/** The foot of the form: cost, notices, and the button. */
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

/** The cost of the next request and the balance after it. Announced when it changes. */
export function CostLine(props: {
  /** Undefined while it is not known. */
  costCredits: number | undefined;
  /** Undefined for a visitor. */
  balanceCredits: number | undefined;
  /** What a new account gets; undefined where that is not known. */
  freeCredits?: number | undefined;
  /** What can be done where the balance is too small. */
  children?: JSX.Element;
}) {
  const isShort = () =>
    props.costCredits !== undefined &&
    props.balanceCredits !== undefined &&
    props.costCredits > props.balanceCredits;

  return (
    <>
      <p class="cost" classList={{ 'cost-short': isShort() }} role="status">
        <Show when={props.costCredits !== undefined} fallback={messages.cost.unknown}>
          <Show
            when={!isShort()}
            fallback={
              <span
                ref={liveText(() =>
                  messages.cost.notEnough(props.costCredits ?? 0, props.balanceCredits ?? 0),
                )}
              />
            }
          >
            <span>
              {messages.cost.costs} <strong ref={liveText(() => messages.credits(props.costCredits ?? 0))} />
            </span>
            <span
              ref={liveText(() =>
                props.balanceCredits === undefined
                  ? props.freeCredits
                    ? messages.cost.free(props.freeCredits)
                    : messages.cost.signIn
                  : messages.cost.leftAfter(props.balanceCredits - (props.costCredits ?? 0)),
              )}
            />
          </Show>
        </Show>
      </p>
      <Show when={isShort()}>{props.children}</Show>
    </>
  );
}
