import { type JSX, Show } from 'solid-js';
import { liveText } from '../../ui/live-text.ts';
import { messages } from '../../i18n/messages.ts';

/** What the next request costs and what is left after it. Read out when it changes. */
export function CostLine(props: {
  /** Undefined while it is not known. */
  costCredits: number | undefined;
  /** Undefined where nobody is signed in. */
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
