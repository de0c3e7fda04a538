import { Match, Switch } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import type { CreditTerms } from './credit-terms.ts';

/** How to get more credits: a link to the operator's page, an address to write to, or a hint to ask the operator. */
export function GetCredits(props: { terms: CreditTerms | undefined }) {
  const url = () => props.terms?.creditsUrl ?? '';
  return (
    <Switch>
      <Match when={url().startsWith('mailto:')}>
        <p class="cost-offer">
          <a href={url()}>{lazyMessages.cost.askAt(url().slice('mailto:'.length).split('?')[0] ?? '')}</a>
        </p>
      </Match>
      <Match when={url()}>
        <a class="button cost-offer" href={url()} target="_blank" rel="noopener">
          {lazyMessages.cost.getMore}
        </a>
      </Match>
      <Match when={props.terms}>
        <p class="cost-offer">{lazyMessages.cost.askOperator}</p>
      </Match>
    </Switch>
  );
}
