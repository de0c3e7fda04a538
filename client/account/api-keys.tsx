/** The API keys of the user: list and revoke. */
import type { Client } from '@urql/core';
import { createSignal, Show } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { ApiKeysQuery } from '../api/generated/graphql.ts';
import { createPaginatedList } from '../api/paginated-list.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { ForKeyed } from '../ui/for-keyed.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import {
  Fact,
  Instant,
  IntegrationSection,
  type NewSecret,
  type Problem,
  problemOf,
  RequestDialog,
} from './integration-section.tsx';
import { NewApiKeyDialog } from './new-api-key-dialog.tsx';

const ApiKeysDocument = graphql(`
  query ApiKeys {
    viewer {
      id
      apiKeys {
        id
        name
        prefix
        scopes
        createdAt
        lastUsedAt
        expiresAt
        creditLimit
        creditsSpent
      }
    }
  }
`);

const RevokeApiKeyDocument = graphql(`
  mutation RevokeApiKey($id: ID!) {
    revokeApiKey(id: $id) {
      revokedId
    }
  }
`);

type ApiKey = NonNullable<ApiKeysQuery['viewer']>['apiKeys'][number];

interface ApiKeysProps {
  client: Client;
  viewerId: string;
  toasts: Toasts;
}

export function ApiKeys(props: ApiKeysProps) {
  const list = createPaginatedList({
    viewerId: () => props.viewerId,
    query: (_, requestPolicy) => props.client.query(ApiKeysDocument, {}, { requestPolicy }),
    pageOf: ({ apiKeys }) => ({ apiKeys, pageInfo: { hasNextPage: false, endCursor: null } }),
  });
  const [isCreating, setCreating] = createSignal(false);
  const [revoking, setRevoking] = createSignal<ApiKey>();
  const [created, setCreated] = createSignal<NewSecret>();
  let createButton: HTMLButtonElement | undefined;

  return (
    <IntegrationSection
      texts={lazyMessages.apiKeys}
      status={list.status()}
      secret={created()}
      toasts={props.toasts}
      createButton={(element) => (createButton = element)}
      onCreate={() => setCreating(true)}
      onSecretDone={() => {
        setCreated(undefined);
        createButton?.focus();
      }}
      onRetry={list.refresh}
    >
      <ul class="integration-list">
        <ForKeyed each={list.page()?.apiKeys ?? []} keyOf={({ id }) => id}>
          {(key) => <Key apiKey={key()} onRevoke={() => setRevoking(key())} />}
        </ForKeyed>
      </ul>
      <Show when={list.page()?.apiKeys.length === 0}>
        <p class="hint">
          {lazyMessages.apiKeys.empty} <a href="/graphql">{lazyMessages.apiKeys.tryTheApi}</a>
        </p>
      </Show>
      <NewApiKeyDialog
        client={props.client}
        open={isCreating()}
        onClose={() => setCreating(false)}
        onCreated={setCreated}
      />
      <RevokeDialog
        client={props.client}
        apiKey={revoking()}
        onClose={() => setRevoking(undefined)}
        onRevoked={({ name }) => {
          // The button that had the focus goes with its key.
          createButton?.focus();
          props.toasts.show({ text: lazyMessages.apiKeys.revoked(name) });
        }}
      />
    </IntegrationSection>
  );
}

/** Open while there is a key to revoke. */
function RevokeDialog(props: {
  client: Client;
  apiKey: ApiKey | undefined;
  onClose: () => void;
  onRevoked: (key: ApiKey) => void;
}) {
  const texts = lazyMessages.apiKeys;
  const revoke = async (): Promise<Problem | undefined> => {
    const key = props.apiKey;
    if (!key) return undefined;
    const { error } = await props.client.mutation(RevokeApiKeyDocument, { id: key.id }).toPromise();
    if (error) return problemOf(error);
    props.onClose();
    props.onRevoked(key);
    return undefined;
  };
  return (
    <RequestDialog
      open={props.apiKey !== undefined}
      title={texts.revokeTitle(props.apiKey?.name ?? '')}
      action={texts.revoke}
      send={revoke}
      onClose={() => props.onClose()}
    >
      {() => <p>{texts.revokeHint}</p>}
    </RequestDialog>
  );
}

function Key(props: { apiKey: ApiKey; onRevoke: () => void }) {
  const texts = lazyMessages.apiKeys;
  const hasExpired = () =>
    props.apiKey.expiresAt !== null && Date.parse(props.apiKey.expiresAt) <= Date.now();
  return (
    <li class="integration">
      <div class="integration-head">
        <h3 dir="auto">{props.apiKey.name}</h3>
        <Button
          kind="quiet"
          opensDialog
          label={texts.revokeNamed(props.apiKey.name)}
          onClick={props.onRevoke}
        >
          {texts.revoke}
        </Button>
      </div>
      <dl class="integration-facts">
        <Fact label={texts.prefix}>
          <span class="code">{props.apiKey.prefix}…</span>
        </Fact>
        <Fact label={texts.scopes}>
          {messages.format.list(props.apiKey.scopes.map((scope) => texts.scopeNames[scope]))}
        </Fact>
        <Fact label={texts.createdAt}>
          <Instant at={props.apiKey.createdAt} />
        </Fact>
        <Fact label={texts.lastUsedAt}>
          <Instant at={props.apiKey.lastUsedAt} otherwise={texts.neverUsed} />
        </Fact>
        <Fact label={hasExpired() ? texts.expiredAt : texts.expiresAt}>
          <Instant at={props.apiKey.expiresAt} otherwise={texts.expiries.never} />
        </Fact>
        <Fact label={texts.creditsSpent}>
          {texts.spent(props.apiKey.creditsSpent, props.apiKey.creditLimit)}
        </Fact>
      </dl>
    </li>
  );
}
