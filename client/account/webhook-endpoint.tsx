import type { WebhookEndpointsQuery } from '../api/generated/graphql.ts';
import { createUniqueId, For, Show } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Fact, Instant } from './integration-section.tsx';

export type WebhookEndpoint = NonNullable<WebhookEndpointsQuery['viewer']>['webhookEndpoints'][number];
type WebhookDelivery = WebhookEndpoint['deliveries']['nodes'][number];

interface EndpointActions {
  test: (endpoint: WebhookEndpoint) => void;
  setEnabled: (endpoint: WebhookEndpoint, enabled: boolean) => void;
  confirm: (what: 'rotate' | 'remove', endpoint: WebhookEndpoint) => void;
  redeliver: (deliveryId: string) => void;
  refresh: () => void;
}

/** One endpoint of the list, with what can be done with it. */
export function WebhookEndpointItem(props: { endpoint: WebhookEndpoint; actions: EndpointActions }) {
  const texts = lazyMessages.webhooks;
  const id = createUniqueId();
  const endpoint = () => props.endpoint;
  const state = () =>
    endpoint().enabled
      ? texts.enabled
      : [texts.disabled, endpoint().disabledReason && texts.disabledReason(endpoint().disabledReason!)]
          .filter(Boolean)
          .join('. ');
  return (
    <li class="integration">
      <h3 id={id}>{endpoint().url}</h3>
      <dl class="integration-facts">
        <Fact label={texts.state}>{state()}</Fact>
        <Fact label={texts.events}>
          {messages.format.list(endpoint().events.map((event) => texts.eventNames[event]))}
        </Fact>
        <Fact label={texts.createdAt}>
          <Instant at={endpoint().createdAt} />
        </Fact>
      </dl>
      <div class="integration-actions" role="group" aria-labelledby={id}>
        <Show when={endpoint().enabled}>
          <Button kind="quiet" onClick={() => props.actions.test(endpoint())}>
            {texts.test}
          </Button>
        </Show>
        <Button kind="quiet" onClick={() => props.actions.setEnabled(endpoint(), !endpoint().enabled)}>
          {endpoint().enabled ? texts.disable : texts.enable}
        </Button>
        <Button kind="quiet" opensDialog onClick={() => props.actions.confirm('rotate', endpoint())}>
          {texts.confirmations.rotate.action}
        </Button>
        <Button kind="quiet" opensDialog onClick={() => props.actions.confirm('remove', endpoint())}>
          {texts.confirmations.remove.action}
        </Button>
      </div>
      <Deliveries {...props} />
    </li>
  );
}

/** The last deliveries of an endpoint, folded away at first. */
function Deliveries(props: { endpoint: WebhookEndpoint; actions: EndpointActions }) {
  const id = createUniqueId();
  const texts = lazyMessages.webhooks;
  return (
    <details class="deliveries">
      <summary id={id}>{texts.deliveries}</summary>
      <Show
        when={props.endpoint.deliveries.nodes.length > 0}
        fallback={<p class="hint">{texts.noDeliveries}</p>}
      >
        <table class="ledger" aria-labelledby={id}>
          <thead>
            <tr>
              <th scope="col">{texts.event}</th>
              <th scope="col">{texts.outcome}</th>
              <th scope="col">
                <span class="visually-hidden">{texts.action}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <For each={props.endpoint.deliveries.nodes}>
              {(delivery) => (
                <Line
                  delivery={delivery}
                  isEnabled={props.endpoint.enabled}
                  onRedeliver={() => props.actions.redeliver(delivery.id)}
                />
              )}
            </For>
          </tbody>
        </table>
      </Show>
      <Button kind="quiet" onClick={() => props.actions.refresh()}>
        {texts.refresh}
      </Button>
    </details>
  );
}

function Line(props: { delivery: WebhookDelivery; isEnabled: boolean; onRedeliver: () => void }) {
  const texts = lazyMessages.webhooks;
  const event = () => texts.eventNames[props.delivery.event];
  return (
    <tr>
      <td>
        {event()}
        <span class="delivery-fact">
          <Instant at={props.delivery.createdAt} />
        </span>
      </td>
      <td>
        <strong classList={{ 'delivery-failed': props.delivery.status === 'FAILED' }}>
          {texts.statuses[props.delivery.status]}
        </strong>
        <span class="delivery-fact">{factsOf(props.delivery)}</span>
      </td>
      <td class="ledger-figure">
        <Show when={props.isEnabled && props.delivery.status !== 'PENDING'}>
          <Button
            kind="quiet"
            label={`${texts.redeliver}: ${event()}, ${instant(props.delivery.createdAt)}`}
            onClick={() => props.onRedeliver()}
          >
            {texts.redeliver}
          </Button>
        </Show>
      </td>
    </tr>
  );
}

const instant = (at: string) => messages.format.instant(new Date(at));

function factsOf({ attempts, responseStatus, nextAttemptAt }: WebhookDelivery): string {
  const texts = lazyMessages.webhooks;
  return [
    texts.attempts(attempts),
    attempts > 0 && texts.answer(responseStatus),
    nextAttemptAt && texts.nextAttempt(instant(nextAttemptAt)),
  ]
    .filter(Boolean)
    .join(', ');
}
