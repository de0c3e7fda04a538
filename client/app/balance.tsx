import { liveText } from '../ui/live-text.ts';
import { messages } from '../i18n/messages.ts';

/** What can be spent, in the top bar; leads to what came and went. */
export function Balance(props: { credits: number }) {
  return (
    <a class="balance code" href="/account" data-route>
      <strong ref={liveText(() => String(props.credits))} /> <span>{messages.cost.balance}</span>
    </a>
  );
}
