/** The session: the signed-in user and their balance. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { refusalOf } from '../api/errors.ts';
import { graphql } from '../api/generated/gql.ts';
import type { SessionQuery } from '../api/generated/graphql.ts';
import { createStoreQuery, retryWhile } from '../api/client.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';

const SessionDocument = graphql(`
  query Session {
    viewer {
      id
      name
      email
      credits
    }
  }
`);

export type Viewer = NonNullable<SessionQuery['viewer']>;

/** Set by the server with the page where the browser holds a session's cookie, which no script can read. */
const hint = /(?:^|;\s*)proofsheet\.signed-in=1/;

export type Session = ReturnType<typeof createSession>;

/** Needs the `Provider` of `@urql/solid`; ends with its owner. */
export function createSession(client: Client) {
  const mayBeSignedIn = hint.test(document.cookie);
  const [result, execute] = createStoreQuery({ query: SessionDocument });
  // An error is not a sign-out: keep the last data.
  const data = createMemo<SessionQuery | undefined>((last) => result.data ?? last);
  /** Null for a visitor; undefined while that is not known. */
  const viewer = () => data()?.viewer;
  /** Reloads the session: after sign-in, and when the balance may have changed. */
  const refresh = () => execute({ requestPolicy: 'network-only' });
  /** Why the session did not load; undefined if it did, or is still loading. */
  const failure = createMemo(() =>
    viewer() === undefined && !result.fetching ? refusalOf(result.error) : undefined,
  );
  retryWhile(failure, refresh);
  return {
    viewer,
    /** Undefined for a visitor, and until the session is loaded. */
    viewerId: createMemo(() => viewer()?.id),
    isSignedIn: createMemo(() => Boolean(viewer())),
    /** Whether the user is a visitor; until the session is loaded, by the cookie that came with the page. */
    isVisitor: () => (viewer() === undefined ? !mayBeSignedIn : viewer() === null),
    failure,
    /** After sign-in: whether the browser has taken the session's cookie; undefined if there was no response. */
    async confirm() {
      const { data } = await client.query(SessionDocument, {}, { requestPolicy: 'network-only' });
      return data && data.viewer !== null;
    },
    refresh,
  };
}

/** The sign-in dialog, and what the page does when the user changes. Ends with its owner. */
export function createSignIn(options: {
  viewerId: Accessor<string | undefined>;
  toasts: Toasts;
  onSignedIn: (isSignedIn: boolean) => void;
  /** Called when the user was signed out. */
  onSignedOut: () => void;
  /** Called when another user has signed in: this page must end. */
  onOtherUser: () => void;
}) {
  const [isOpen, setOpen] = createSignal(false);
  /** The first user that was signed in on this page. */
  let userId: string | undefined;
  createEffect(
    on(options.viewerId, (id, before) => {
      userId ??= id;
      // Not within this effect, because it ends with the page.
      if (id !== undefined && id !== userId) queueMicrotask(options.onOtherUser);
      options.onSignedIn(id !== undefined);
      if (id !== undefined) setOpen(false);
      if (before !== undefined && before !== id) options.onSignedOut();
      if (before === undefined || id !== undefined) return;
      const dismiss = options.toasts.show({
        text: messages.auth.signedOut,
        action: { label: messages.auth.signIn, run: () => setOpen(true) },
      });
      onCleanup(dismiss);
    }),
  );
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false) };
}
