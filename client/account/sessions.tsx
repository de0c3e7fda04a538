/** The sessions of the user: list and end. */
import type { Client } from '@urql/core';
import { For, Show } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { AccountQuery } from '../api/generated/graphql.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { deviceOf } from './device.ts';
import { problemOf } from './integration-section.tsx';

const EndSessionDocument = graphql(`
  mutation EndSession($id: ID!) {
    endSession(id: $id) {
      endedId
    }
  }
`);

const EndOtherSessionsDocument = graphql(`
  mutation EndOtherSessions {
    endOtherSessions {
      count
    }
  }
`);

type Session = NonNullable<AccountQuery['viewer']>['sessions'][number];

export function Sessions(props: { client: Client; sessions: readonly Session[]; toasts: Toasts }) {
  const texts = lazyMessages.sessions;
  let list: HTMLUListElement | undefined;
  const report = (error: Parameters<typeof problemOf>[0], text: string) => {
    const problem = problemOf(error);
    props.toasts.show(problem ? { text: problem.text, kind: 'error' } : { text });
    // The button that was pressed goes with its session.
    if (!problem) list?.focus();
  };
  const end = async (id: string) => {
    const { error } = await props.client.mutation(EndSessionDocument, { id }).toPromise();
    report(error, texts.ended);
  };
  const endOthers = async () => {
    const { error } = await props.client.mutation(EndOtherSessionsDocument, {}).toPromise();
    report(error, texts.othersEnded);
  };
  return (
    <>
      <ul class="account-sessions" ref={list} tabindex="-1">
        <For each={props.sessions}>
          {(session) => (
            <li>
              <div>
                <p dir="auto">
                  {deviceOf(session.userAgent) ?? texts.unknownDevice}
                  <Show when={session.isCurrent}>
                    {' · '}
                    <strong>{texts.current}</strong>
                  </Show>
                </p>
                <p class="hint">
                  {session.address}{' '}
                  <time datetime={session.lastSeenAt}>
                    {texts.lastSeen(messages.format.instant(new Date(session.lastSeenAt)))}
                  </time>
                </p>
              </div>
              <Show when={!session.isCurrent}>
                <Button
                  kind="quiet"
                  label={texts.endNamed(deviceOf(session.userAgent) ?? texts.unknownDevice)}
                  onClick={() => void end(session.id)}
                >
                  {texts.end}
                </Button>
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.sessions.length > 1}>
        <Button onClick={() => void endOthers()}>{texts.endOthers}</Button>
      </Show>
    </>
  );
}
