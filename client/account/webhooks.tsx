/** The webhook endpoints of the user: list, add, test, switch on and off, new secret, delete. */
import type { Client, CombinedError } from '@urql/core';
import { type ComponentProps, createSignal, For, Show } from 'solid-js';
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
  type Problem,
  problemOf,
  RequestDialog,
} from './integration-section.tsx';
import { type WebhookEndpoint, WebhookEndpointItem } from './webhook-endpoint.tsx';

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
  const [confirming, setConfirming] = createSignal<{
    what: 'rotate' | 'remove';
    endpoint: WebhookEndpoint;
  }>();
  const [secret, setSecret] = createSignal<{ title: string; secret: string }>();
  let addButton: HTMLButtonElement | undefined;

  const add = async (fields: FormData): Promise<Problem | undefined> => {
    const url = String(fields.get('url')).trim();
    const input = { url, events: fields.getAll('events') as WebhookEvent[] };
    const { data, error } = await props.client.mutation(CreateDocument, { input }).toPromise();
    if (!data?.createWebhookEndpoint) return problemOf(error, texts.problems);
    setAdding(false);
    setSecret({ title: texts.secretOf(url), secret: data.createWebhookEndpoint.secret });
    return undefined;
  };
  const confirmed = async (): Promise<Problem | undefined> => {
    const { what, endpoint } = confirming()!;
    const { id, url } = endpoint;
    if (what === 'rotate') {
      const { data, error } = await props.client.mutation(RotateDocument, { id }).toPromise();
      if (!data?.rotateWebhookSecret) return problemOf(error);
      setConfirming(undefined);
      setSecret({ title: texts.secretOf(url), secret: data.rotateWebhookSecret.secret });
      return undefined;
    }
    const { error } = await props.client.mutation(DeleteDocument, { id }).toPromise();
    if (error) return problemOf(error);
    setConfirming(undefined);
    // The button that had the focus goes with its endpoint.
    addButton?.focus();
    props.toasts.show({ text: texts.removed(url) });
    return undefined;
  };
  /** What needs no confirmation. */
  const run = async (request: PromiseLike<{ error?: CombinedError | undefined }>, done: string) => {
    const problem = problemOf((await request).error, texts.problems);
    props.toasts.show(problem ? { text: problem.text, kind: 'error' } : { text: done });
  };
  const actions: ComponentProps<typeof WebhookEndpointItem>['actions'] = {
    test: ({ id }) => void run(props.client.mutation(TestDocument, { id }), texts.testSent),
    setEnabled: ({ id }, enabled) =>
      void run(
        props.client.mutation(EnableDocument, { id, enabled }),
        enabled ? texts.nowEnabled : texts.nowDisabled,
      ),
    confirm: (what, endpoint) => setConfirming({ what, endpoint }),
    redeliver: (id) => void run(props.client.mutation(RedeliverDocument, { id }), texts.sentAgain),
    refresh: props.endpoints.refresh,
  };
  const confirmation = () => texts.confirmations[confirming()?.what ?? 'remove'];

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
      <RequestDialog
        open={isAdding()}
        title={texts.create}
        action={texts.submit}
        send={add}
        onClose={() => setAdding(false)}
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
      <RequestDialog
        open={confirming() !== undefined}
        title={confirmation().title}
        action={confirmation().action}
        send={confirmed}
        onClose={() => setConfirming(undefined)}
      >
        {() => (
          <>
            <p class="integration-url">{confirming()?.endpoint.url}</p>
            <p>{confirmation().hint}</p>
          </>
        )}
      </RequestDialog>
    </IntegrationSection>
  );
}
