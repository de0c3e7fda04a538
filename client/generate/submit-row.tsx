import {
  type Accessor,
  createEffect,
  createMemo,
  createSignal,
  type JSX,
  Match,
  onCleanup,
  Show,
  Suspense,
  Switch,
  untrack,
} from 'solid-js';
import type { FormProps } from './generate-form.tsx';
import { messages } from '../i18n/messages.ts';
import { lazyComponent } from '../ui/lazy-component.ts';
import { liveText } from '../ui/live-text.tsx';
import { shortageMessage } from './problems.ts';
import type { Submission } from './submission.ts';
import { Button } from '../ui/button.tsx';

// Most balances are enough.
export const CostOffer = lazyComponent(() => import('./cost-offer.tsx'), 'CostOffer');
export const ErrorReportActions = lazyComponent(() => import('./refusals.tsx'), 'ErrorReportActions');

/** The foot of the form: cost, notices, and the button. */
export function SubmitRow(props: FormProps & { problem: string | undefined }) {
  return (
    <div class="submit-row">
      <Cost {...props} />
      <SubmitNotice {...props} isOnScreen={props.form.isShort()} />
      <GenerateButton
        submission={props.form.submission}
        ref={(element) => props.form.fields.set('send', element)}
      >
        <kbd aria-hidden="true">{messages.form.shortcut}</kbd>
      </GenerateButton>
    </div>
  );
}

/** What the request costs, and what helps where the balance is too small for it. */
export function Cost(props: FormProps) {
  return (
    <>
      <CostLine
        costCredits={props.form.cost()}
        balanceCredits={props.form.balance()}
        freeCredits={props.creditTerms?.signupCredits}
      />
      <Show when={props.form.isShort()}>
        <Suspense>
          <CostOffer {...props} />
        </Suspense>
      </Show>
    </>
  );
}

/** The cost of the next request and the balance after it. Announced when it changes. */
export function CostLine(props: {
  costCredits: number | undefined;
  balanceCredits: number | undefined;
  /** What a new account gets; undefined where that is not known. */
  freeCredits?: number | undefined;
}) {
  const shortage = () => shortageMessage(props.costCredits, props.balanceCredits);
  const cost = () => props.costCredits ?? 0;
  const balanceText = () => {
    if (props.balanceCredits !== undefined) return messages.cost.leftAfter(props.balanceCredits - cost());
    return props.freeCredits ? messages.cost.free(props.freeCredits) : messages.cost.signIn;
  };
  return (
    <p class="cost" classList={{ 'cost-short': shortage() !== undefined }} role="status">
      <Switch>
        <Match when={props.costCredits === undefined}>{messages.cost.unknown}</Match>
        <Match when={shortage()}>
          <span ref={liveText(() => shortage() ?? '')} />
        </Match>
        <Match when={true}>
          <span>
            {messages.cost.costs} <strong ref={liveText(() => messages.credits(cost()))} />
          </span>
          <span ref={liveText(balanceText)} />
        </Match>
      </Switch>
    </p>
  );
}

/** A shorter wait shows no spinner. */
const sendingSignAfterMs = 120;

/** Submits the form; while the request waits, says for what. */
export function GenerateButton(props: {
  submission: Submission;
  ref?: (element: HTMLButtonElement) => void;
  onClick?: () => void;
  children: JSX.Element;
}) {
  const isSending = createDelayed(() => props.submission.optimisticRequests().length > 0, sendingSignAfterMs);
  return (
    <Button
      kind="primary"
      type={props.onClick ? 'button' : 'submit'}
      class="generate"
      ref={props.ref}
      onClick={props.onClick}
    >
      <Show when={isSending()}>
        <span class="spinner" aria-hidden="true" />
      </Show>
      <Switch>
        <Match when={props.submission.waitingFor() > 0}>
          {messages.form.waitingForUploads(props.submission.waitingFor())}
        </Match>
        <Match when={props.submission.isWaitingForPlace()}>{messages.form.waitingForPlace}</Match>
        <Match when={props.submission.waitSeconds() > 0}>
          {messages.form.generate}
          <span class="code" aria-hidden="true">
            {messages.form.tryAgainIn(props.submission.waitSeconds())}
          </span>
        </Match>
        <Match when={true}>
          {messages.form.generate}
          {props.children}
        </Match>
      </Switch>
    </Button>
  );
}

/** True once `source` has been true for `delayMs`. */
export function createDelayed(source: Accessor<boolean>, delayMs: number): Accessor<boolean> {
  const [isDue, setDue] = createSignal(false);
  createEffect(() => {
    if (!source()) return setDue(false);
    const timer = setTimeout(() => setDue(true), delayMs);
    onCleanup(() => clearTimeout(timer));
  });
  return isDue;
}

/** Why the request was not sent, or what it waits for. */
export function SubmitNotice(
  props: Pick<FormProps, 'form'> & {
    problem: string | undefined;
    /** Whether the text is visible elsewhere, so that it is only announced. */
    isOnScreen?: boolean;
  },
) {
  const { submission, toasts } = props.form;
  const text = () =>
    props.problem ??
    submission.refusal() ??
    (submission.isOnline() ? undefined : messages.connection.offline);
  const isCounting = createMemo(() => submission.waitSeconds() > 0);
  return (
    <div class="submit-notice">
      {/* A countdown announced each second is a nuisance: announce its start and its end. */}
      <Show when={isCounting()}>
        <p class="problem" aria-hidden="true">
          {text()}
        </p>
      </Show>
      <div role="alert">
        <Show when={text()}>
          <p class={isCounting() || props.isOnScreen ? 'visually-hidden' : 'problem'}>
            {isCounting() ? untrack(text) : text()}
          </p>
        </Show>
      </div>
      <Show when={props.problem === undefined && submission.errorReport()} keyed>
        {(errorReport) => (
          <Suspense>
            <ErrorReportActions errorReport={errorReport} toasts={toasts} />
          </Suspense>
        )}
      </Show>
      <Show when={submission.waitingFor() > 0 || submission.isWaitingForPlace()}>
        <Button kind="quiet" onClick={() => submission.stopWaiting()}>
          {messages.form.stopWaiting}
        </Button>
      </Show>
    </div>
  );
}
