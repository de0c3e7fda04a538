import { words } from '../ui/words.ts';

/** What can be spent, in the top bar. */
export function Balance(props: { credits: number }) {
  return (
    <p class="balance code">
      <strong>{props.credits}</strong> <span>{words.cost.balance}</span>
    </p>
  );
}
