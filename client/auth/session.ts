/** Who is signed in, and what they can spend. */
import { type Accessor, createMemo } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { SessionQuery } from '../api/generated/graphql.ts';
import { createStoreQuery } from '../api/store-query.ts';

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
  /** Asks the server again: after signing in, and when credits may have changed. */
  refresh(): void;
}

/** Needs the `Provider` of `@urql/solid`. */
export function createSession(): Session {
  const [result, execute] = createStoreQuery({ query: SessionDocument });
  // An error is no sign-out: what was known stays known.
  const data = createMemo<SessionQuery | undefined>((last) => result.data ?? last);
  const viewer = () => data()?.viewer;
  return {
    viewer,
    viewerId: createMemo(() => viewer()?.id),
    isSignedIn: createMemo(() => Boolean(viewer())),
    refresh: () => execute({ requestPolicy: 'network-only' }),
  };
}
