/** The webhook endpoints of the user: their list, and what can be done with them. */
import type { Client, CombinedError } from '@urql/core';
import { createSignal, For, Show } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { WebhookEvent } from '../api/generated/graphql.ts';
import { createPaginatedList } from '../api/paginated-list.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { ForKeyed } from '../ui/for-keyed.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import {
  CheckboxGroup,
  IntegrationSection,
  type NewSecret,
  type Problem,
  problemOf,
  RequestDialog,
} from './integration-section.tsx';
import {
  type Confirmation,
  ConfirmationDialog,
  type EndpointActions,
  type WebhookEndpoint,
  WebhookEndpointItem,
} from './webhook-endpoint.tsx';

const EndpointsDocument = graphql(`
  query WebhookEndpoints {
    viewer {
      id
      webhookEndpoints {
        id
        url
        events
        enabled
        disabledReason
        droppedDeliveries
        createdAt
        deliveries(first: 5) {
          nodes {
            id
            event
            status
            attempts
            responseStatus
            createdAt
            nextAttemptAt
          }
        }
      }
    }
  }
`);

const CreateDocument = graphql(`
  mutation CreateWebhookEndpoint($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) {
      secret
    }
  }
`);

const EnableDocument = graphql(`
  mutation EnableWebhookEndpoint($id: ID!, $enabled: Boolean!) {
    updateWebhookEndpoint(input: { id: $id, enabled: $enabled }) {
      endpoint {
        id
      }
    }
  }
`);

const TestDocument = graphql(`
  mutation TestWebhookEndpoint($id: ID!) {
    testWebhookEndpoint(id: $id) {
      delivery {
        id
      }
    }
  }
`);

const RedeliverDocument = graphql(`
  mutation RedeliverWebhook($id: ID!) {
    redeliverWebhook(id: $id) {
      delivery {
        id
      }
    }
  }
`);

export type WebhookEndpoints = ReturnType<typeof createWebhookEndpoints>;

/** Ends with its owner. */
export function createWebhookEndpoints(client: Client, viewerId: () => string) {
  const { page, ...list } = createPaginatedList({
    viewerId,
    query: (_, requestPolicy) => client.query(EndpointsDocument, {}, { requestPolicy }),
    pageOf: ({ webhookEndpoints }) => ({
      webhookEndpoints,
      pageInfo: { hasNextPage: false, endCursor: null },
    }),
  });
  return { ...list, all: (): readonly WebhookEndpoint[] => page()?.webhookEndpoints ?? [] };
}

/** Lists the endpoints that the server has disabled. */
export function DisabledEndpoints(props: { endpoints: WebhookEndpoints }) {
  return (
    <For each={props.endpoints.all()}>
      {({ url, disabledReason }) => (
        <Show when={disabledReason}>
          {(reason) => (
            <p class="webhook-disabled" role="alert">
              {lazyMessages.webhooks.stopped(url, lazyMessages.webhooks.disabledReason(reason()))}
            </p>
          )}
        </Show>
      )}
    </For>
  );
}

export function Webhooks(props: { client: Client; endpoints: WebhookEndpoints; toasts: Toasts }) {
  const texts = lazyMessages.webhooks;
  const [isAdding, setAdding] = createSignal(false);
  const [confirming, setConfirming] = createSignal<Confirmation>();
  const [secret, setSecret] = createSignal<NewSecret>();
  let addButton: HTMLButtonElement | undefined;
  const actions: EndpointActions = {
    ...createImmediateActions(props.client, props.toasts),
    confirm: (what, endpoint) => setConfirming({ what, endpoint }),
    refresh: props.endpoints.refresh,
  };

  return (
    <IntegrationSection
      texts={texts}
      status={props.endpoints.status()}
      secret={secret()}
      toasts={props.toasts}
      createButton={(element) => (addButton = element)}
      onCreate={() => setAdding(true)}
      onSecretDone={() => {
        setSecret(undefined);
        addButton?.focus();
      }}
      onRetry={props.endpoints.refresh}
    >
      <Show when={props.endpoints.all().length === 0}>
        <p class="hint">{texts.empty}</p>
      </Show>
      <ul class="integration-list">
        <ForKeyed each={props.endpoints.all()} keyOf={({ id }) => id}>
          {(endpoint) => <WebhookEndpointItem endpoint={endpoint()} actions={actions} />}
        </ForKeyed>
      </ul>
      <AddDialog
        client={props.client}
        open={isAdding()}
        onClose={() => setAdding(false)}
        onAdded={setSecret}
      />
      <ConfirmationDialog
        client={props.client}
        confirmation={confirming()}
        onClose={() => setConfirming(undefined)}
        onRotated={setSecret}
        onDeleted={(url) => {
          // The button that had the focus goes with its endpoint.
          addButton?.focus();
          props.toasts.show({ text: texts.removed(url) });
        }}
      />
    </IntegrationSection>
  );
}

function AddDialog(props: {
  client: Client;
  open: boolean;
  onClose: () => void;
  onAdded: (secret: NewSecret) => void;
}) {
  const texts = lazyMessages.webhooks;
  const add = async (fields: FormData): Promise<Problem | undefined> => {
    const url = String(fields.get('url')).trim();
    const input = { url, events: fields.getAll('events') as WebhookEvent[] };
    const { data, error } = await props.client.mutation(CreateDocument, { input }).toPromise();
    if (!data?.createWebhookEndpoint) return problemOf(error, texts.problems);
    props.onClose();
    props.onAdded({ title: texts.secretOf(url), secret: data.createWebhookEndpoint.secret });
    return undefined;
  };
  return (
    <RequestDialog
      open={props.open}
      title={texts.create}
      action={texts.submit}
      send={add}
      onClose={() => props.onClose()}
    >
      {(problem) => (
        <>
          <TextField label={texts.url} name="url" type="url" problem={problem('url')} autofocus />
          <CheckboxGroup
            legend={texts.events}
            name="events"
            options={texts.eventLabels}
            checked={['TASK_COMPLETED']}
            problem={problem('events')}
          />
        </>
      )}
    </RequestDialog>
  );
}

/** The actions that need no confirmation; a toast says how each ended. */
function createImmediateActions(client: Client, toasts: Toasts) {
  const texts = lazyMessages.webhooks;
  const run = async (request: PromiseLike<{ error?: CombinedError | undefined }>, done: string) => {
    const problem = problemOf((await request).error, texts.problems);
    toasts.show(problem ? { text: problem.text, kind: 'error' } : { text: done });
  };
  return {
    test: ({ id }: WebhookEndpoint) => void run(client.mutation(TestDocument, { id }), texts.testSent),
    setEnabled: ({ id }: WebhookEndpoint, enabled: boolean) =>
      void run(
        client.mutation(EnableDocument, { id, enabled }),
        enabled ? texts.nowEnabled : texts.nowDisabled,
      ),
    redeliver: (id: string) => void run(client.mutation(RedeliverDocument, { id }), texts.sentAgain),
  };
}
