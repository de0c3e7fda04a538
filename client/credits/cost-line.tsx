import { type JSX, Show } from 'solid-js';
import { words } from '../ui/words.ts';

/** What the next request costs and what is left after it. Read out when it changes. */
export function CostLine(props: {
  /** Undefined while it is not known. */
  costCredits: number | undefined;
  /** Undefined where nobody is signed in. */
  balanceCredits: number | undefined;
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
        <Show when={props.costCredits !== undefined} fallback={words.cost.unknown}>
          <Show
            when={!isShort()}
            fallback={<span>{words.cost.notEnough(props.costCredits ?? 0, props.balanceCredits ?? 0)}</span>}
          >
            <span>
              {words.cost.costs} <strong>{words.credits(props.costCredits ?? 0)}</strong>
            </span>
            <span>
              {props.balanceCredits === undefined
                ? words.cost.signIn
                : words.cost.leftAfter(props.balanceCredits - (props.costCredits ?? 0))}
            </span>
          </Show>
        </Show>
      </p>
      <Show when={isShort()}>{props.children}</Show>
    </>
  );
}
