/** The account page: profile, balance, ledger and preferences. */
import type { Client } from '@urql/core';
import { createUniqueId, type JSX, Show } from 'solid-js';
import { createStoreQuery } from '../api/client.ts';
import { graphql } from '../api/generated/gql.ts';
import type { AuthClient } from '../auth/auth-client.ts';
import type { Viewer } from '../auth/session.ts';
import { DeleteAccount } from './delete-account.tsx';
import { GetCredits } from './get-credits.tsx';
import { ApiKeys } from './api-keys.tsx';
import type { CreditTerms } from './credit-terms.ts';
import { Button } from '../ui/button.tsx';
import { type Language, type LanguageChoice, languages } from '../i18n/language.ts';
import type { Theme, ThemeName } from '../ui/theme.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import './account.css';
import { LedgerTable } from './ledger-table.tsx';
import { type Notifications, notificationsOf } from './notifications.ts';
import { Profile } from './profile.tsx';
import { ShareLinks } from './share-links.tsx';
import { Sessions } from './sessions.tsx';
import { Select } from '../ui/select.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { createWebhookEndpoints, DisabledEndpoints, Webhooks } from './webhooks.tsx';

const AccountDocument = graphql(`
  query Account {
    viewer {
      id
      emailVerified
      hasPassword
      sessions {
        id
        userAgent
        address
        lastSeenAt
        isCurrent
      }
    }
  }
`);

interface AccountPageProps {
  heading: string;
  auth: AuthClient;
  client: Client;
  /** Null for a visitor; undefined while that is not known. */
  viewer: Viewer | null | undefined;
  creditTerms: CreditTerms | undefined;
  theme: Theme;
  language: LanguageChoice;
  /** Storage of this browser. */
  settings: Storage | undefined;
  toasts: Toasts;
  /** Called when the user has changed. */
  onChanged: () => void;
  onSignIn: () => void;
  onSignOut: () => void;
}

export function AccountPage(props: AccountPageProps) {
  const headingId = createUniqueId();
  const [result] = createStoreQuery({ query: AccountDocument, pause: () => !props.viewer });
  const account = () => result.data?.viewer;
  return (
    <main class="sheet account" tabIndex={-1} aria-labelledby={headingId}>
      <h1 id={headingId}>{props.heading}</h1>
      <div class="account-columns">
        <Show when={props.viewer}>{(viewer) => <SignedIn {...props} viewer={viewer()} />}</Show>
        <Show when={props.viewer === null}>
          <div>
            <div class="sheet-note">
              <p>{lazyMessages.account.visitor}</p>
              <Button onClick={() => props.onSignIn()}>{messages.auth.signIn}</Button>
            </div>
          </div>
        </Show>
        <div class="account-side">
          <Show when={props.viewer}>
            {(viewer) => (
              <Section title={lazyMessages.account.profile}>
                <Profile
                  {...props}
                  viewer={viewer()}
                  emailVerified={account()?.emailVerified}
                  hasPassword={account()?.hasPassword}
                />
              </Section>
            )}
          </Show>
          <Section title={lazyMessages.account.preferences}>
            <Preferences {...props} />
          </Section>
          <Show when={props.viewer}>
            <Section title={messages.auth.signOut}>
              <p class="hint">{lazyMessages.account.signOutHint}</p>
              <Button onClick={() => props.onSignOut()}>{messages.auth.signOut}</Button>
            </Section>
          </Show>
          <Show when={props.viewer && account()}>
            {(shown) => (
              <>
                <Section title={lazyMessages.sessions.title}>
                  <Sessions client={props.client} sessions={shown().sessions} toasts={props.toasts} />
                </Section>
                <Section title={lazyMessages.exportData.title}>
                  <p class="hint">{lazyMessages.exportData.hint}</p>
                  <a class="button" href="/api/account/export" download="proofsheet-export.zip">
                    {lazyMessages.exportData.action}
                  </a>
                </Section>
                <Section title={lazyMessages.deleteAccount.title}>
                  <DeleteAccount
                    auth={props.auth}
                    hasPassword={shown().hasPassword}
                    toasts={props.toasts}
                    onDeleted={() => props.onSignOut()}
                  />
                </Section>
              </>
            )}
          </Show>
        </div>
      </div>
    </main>
  );
}

/** Balance, integrations and ledger of a signed-in user. */
function SignedIn(props: AccountPageProps & { viewer: Viewer }) {
  const ledgerId = createUniqueId();
  const endpoints = createWebhookEndpoints(props.client, () => props.viewer.id);
  return (
    <div>
      <DisabledEndpoints endpoints={endpoints} />
      <p class="account-balance film">
        <span>{lazyMessages.account.balance}</span>
        <strong>{messages.credits(props.viewer.credits)}</strong>
      </p>
      <Show when={props.viewer.credits === 0}>
        <GetCredits terms={props.creditTerms} />
      </Show>
      <ShareLinks client={props.client} viewerId={props.viewer.id} toasts={props.toasts} />
      <ApiKeys client={props.client} viewerId={props.viewer.id} toasts={props.toasts} />
      <Webhooks client={props.client} endpoints={endpoints} toasts={props.toasts} />
      <section aria-labelledby={ledgerId}>
        <h2 id={ledgerId}>{lazyMessages.account.ledger}</h2>
        <LedgerTable client={props.client} viewer={props.viewer} labelledBy={ledgerId} />
      </section>
    </div>
  );
}

function Section(props: { title: string; children: JSX.Element }) {
  const id = createUniqueId();
  return (
    <section class="account-section" aria-labelledby={id}>
      <h2 id={id}>{props.title}</h2>
      {props.children}
    </section>
  );
}

function Preferences(props: AccountPageProps) {
  return (
    <div class="preferences">
      <Select
        label={lazyMessages.account.theme}
        value={props.theme.choice()}
        options={Object.entries(lazyMessages.account.themes).map(([value, label]) => ({ value, label }))}
        onChange={(value) => props.theme.choose(value as ThemeName)}
      />
      <Select
        label={lazyMessages.account.language}
        value={props.language.current()}
        options={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        onChange={(value) => void props.language.choose(value as Language)}
      />
      <NotificationChoice notifications={notificationsOf(props.settings)} />
    </div>
  );
}

function NotificationChoice(props: { notifications: Notifications }) {
  const hintId = createUniqueId();
  const choice = () => props.notifications.choice();
  const hint = () => {
    const now = choice();
    return lazyMessages.notifications[now === 'on' || now === 'off' ? 'hint' : now];
  };
  return (
    <div class="notification-choice">
      <label class="check">
        <input
          type="checkbox"
          checked={choice() === 'on'}
          disabled={choice() !== 'on' && choice() !== 'off'}
          aria-describedby={hintId}
          onChange={(event) => {
            const input = event.currentTarget;
            if (!input.checked) return props.notifications.turnOff();
            // The browser may refuse, or its prompt may be left unanswered.
            void props.notifications.turnOn().then(() => (input.checked = choice() === 'on'));
          }}
        />
        <span>{lazyMessages.notifications.label}</span>
      </label>
      <p class="hint" id={hintId}>
        {hint()}
      </p>
    </div>
  );
}
