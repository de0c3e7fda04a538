/** One webhook endpoint: its facts, its last deliveries, and the dialog that confirms what cannot be undone. */
import type { Client } from '@urql/core';
import { graphql } from '../api/generated/gql.ts';
import type { WebhookEndpointsQuery } from '../api/generated/graphql.ts';
import { createUniqueId, For, Show } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import {
  Fact,
  Instant,
  type NewSecret,
  type Problem,
  problemOf,
  RequestDialog,
} from './integration-section.tsx';

const RotateDocument = graphql(`
  mutation RotateWebhookSecret($id: ID!) {
    rotateWebhookSecret(id: $id) {
      secret
    }
  }
`);

const DeleteDocument = graphql(`
  mutation DeleteWebhookEndpoint($id: ID!) {
    deleteWebhookEndpoint(id: $id) {
      deletedId
    }
  }
`);

export type WebhookEndpoint = NonNullable<WebhookEndpointsQuery['viewer']>['webhookEndpoints'][number];
type WebhookDelivery = WebhookEndpoint['deliveries']['nodes'][number];

export interface EndpointActions {
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
        <Show when={endpoint().droppedDeliveries > 0}>
          <Fact label={texts.dropped}>{texts.droppedCount(endpoint().droppedDeliveries)}</Fact>
        </Show>
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
  let refreshButton: HTMLButtonElement | undefined;
  const redeliver = (deliveryId: string) => {
    props.actions.redeliver(deliveryId);
    // The button that had the focus goes while the delivery waits.
    refreshButton?.focus();
  };
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
                  onRedeliver={() => redeliver(delivery.id)}
                />
              )}
            </For>
          </tbody>
        </table>
      </Show>
      <Button
        kind="quiet"
        ref={(element) => (refreshButton = element)}
        onClick={() => props.actions.refresh()}
      >
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

/** What the user is to confirm, and of which endpoint. */
export interface Confirmation {
  what: 'rotate' | 'remove';
  endpoint: WebhookEndpoint;
}

/** Open while there is something to confirm. */
export function ConfirmationDialog(props: {
  client: Client;
  confirmation: Confirmation | undefined;
  onClose: () => void;
  onRotated: (secret: NewSecret) => void;
  onDeleted: (url: string) => void;
}) {
  const texts = () => lazyMessages.webhooks.confirmations[props.confirmation?.what ?? 'remove'];
  const rotate = async ({ id, url }: WebhookEndpoint): Promise<Problem | undefined> => {
    const { data, error } = await props.client.mutation(RotateDocument, { id }).toPromise();
    if (!data?.rotateWebhookSecret) return problemOf(error);
    props.onClose();
    props.onRotated({ title: lazyMessages.webhooks.secretOf(url), secret: data.rotateWebhookSecret.secret });
    return undefined;
  };
  const remove = async ({ id, url }: WebhookEndpoint): Promise<Problem | undefined> => {
    const { error } = await props.client.mutation(DeleteDocument, { id }).toPromise();
    if (error) return problemOf(error);
    props.onClose();
    props.onDeleted(url);
    return undefined;
  };
  const send = () => {
    const { what, endpoint } = props.confirmation!;
    return what === 'rotate' ? rotate(endpoint) : remove(endpoint);
  };
  return (
    <RequestDialog
      open={props.confirmation !== undefined}
      title={texts().title}
      action={texts().action}
      send={send}
      onClose={() => props.onClose()}
    >
      {() => (
        <>
          <p class="integration-url">{props.confirmation?.endpoint.url}</p>
          <p>{texts().hint}</p>
        </>
      )}
    </RequestDialog>
  );
}
