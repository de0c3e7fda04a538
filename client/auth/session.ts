/** Who is signed in, and what they can spend. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { type Refusal, refusalOf } from '../api/errors.ts';
import { graphql } from '../api/generated/gql.ts';
import type { SessionQuery } from '../api/generated/graphql.ts';
import { createStoreQuery } from '../api/store-query.ts';
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

export interface Session {
  /** Null for a visitor; undefined while that is not known. */
  viewer: Accessor<Viewer | null | undefined>;
  /** Undefined where nobody is signed in, or that is not known. */
  viewerId: Accessor<string | undefined>;
  isSignedIn: Accessor<boolean>;
  /** Whether nobody is signed in; before the server has answered, by what came with the page. */
  isVisitor: Accessor<boolean>;
  /** Why it is not known who is signed in; undefined where it is, or may still become so. */
  failure: Accessor<Refusal | undefined>;
  /** After signing in: whether the browser has taken the session's cookie; undefined where no answer came. */
  confirm(): Promise<boolean | undefined>;
  /** Asks the server again: after signing in, and when credits may have changed. */
  refresh(): void;
}

const retryMs = 15_000;

/** Set by the server with the page where the browser holds a session's cookie, which no script can read. */
const hint = /(?:^|;\s*)proofsheet\.signed-in=1/;

/** Needs the `Provider` of `@urql/solid`; ends with its owner. */
export function createSession(client: Client): Session {
  const mayBeSignedIn = hint.test(document.cookie);
  const [result, execute] = createStoreQuery({ query: SessionDocument });
  // An error is no sign-out: what was known stays known.
  const data = createMemo<SessionQuery | undefined>((last) => result.data ?? last);
  const viewer = () => data()?.viewer;
  const refresh = () => execute({ requestPolicy: 'network-only' });
  const failure = createMemo(() =>
    viewer() === undefined && !result.fetching ? refusalOf(result.error) : undefined,
  );
  createEffect(() => {
    if (!failure()) return;
    const timer = setTimeout(refresh, retryMs);
    onCleanup(() => clearTimeout(timer));
  });
  return {
    viewer,
    viewerId: createMemo(() => viewer()?.id),
    isSignedIn: createMemo(() => Boolean(viewer())),
    isVisitor: () => (viewer() === undefined ? !mayBeSignedIn : viewer() === null),
    failure,
    async confirm() {
      const answer = await client.query(SessionDocument, {}, { requestPolicy: 'network-only' }).toPromise();
      return answer.data && answer.data.viewer !== null;
    },
    refresh,
  };
}

interface SignIn {
  /** Whether its dialog is open. */
  isOpen: Accessor<boolean>;
  open(): void;
  close(): void;
}

/** The sign-in, and what follows for the page where somebody comes or goes. Ends with its owner. */
export function createSignIn(options: {
  viewerId: Accessor<string | undefined>;
  toasts: Toasts;
  onSignedIn: (isSignedIn: boolean) => void;
  /** Called where the person who was signed in is so no more. */
  onGone: () => void;
  /** Somebody else has signed in where another person was: this page must end. */
  onOtherPerson: () => void;
}): SignIn {
  const [isOpen, setOpen] = createSignal(false);
  /** Whose page this is: the first one who was signed in. */
  let personId: string | undefined;
  createEffect(
    on(options.viewerId, (id, before) => {
      personId ??= id;
      // Not within this effect, which ends with the page.
      if (id !== undefined && id !== personId) queueMicrotask(options.onOtherPerson);
      options.onSignedIn(id !== undefined);
      if (id !== undefined) setOpen(false);
      if (before !== undefined && before !== id) options.onGone();
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
