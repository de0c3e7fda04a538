import { createEffect, type JSX, Match, Show, Switch } from 'solid-js';
import type { ConnectionNotice } from './connection-notice.ts';
import type { TaskCardsProps } from './task-cards.tsx';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Guarded } from '../ui/guarded.tsx';
import { lazyComponent } from '../ui/lazy-component.ts';
import { liveText } from '../ui/live-text.ts';

const TaskCards = lazyComponent(() => import('./task-cards.tsx'), 'TaskCards');

/** Preloads the task cards; a feed without tasks does not need them. */
export const preloadTaskCards = (): Promise<unknown> => TaskCards.preload();

interface FeedViewProps extends TaskCardsProps {
  /** Whether the user is a visitor, as far as is known. */
  isVisitor: boolean;
  notice: ConnectionNotice;
  /** Shown if there are no tasks. */
  empty: JSX.Element;
}

/** The feed: the viewer's tasks, or why there are none. */
export function FeedView(props: FeedViewProps) {
  const isEmpty = () =>
    props.optimisticRequests.length === 0 &&
    (props.isVisitor || (props.feed.status() === 'ready' && props.feed.tasks().length === 0));
  createEffect(() => {
    if (!props.isVisitor) void preloadTaskCards();
  });

  return (
    <main class="feed" id="feed" tabIndex={-1}>
      <ConnectionLine notice={props.notice} />
      <Switch>
        <Match when={isEmpty()}>{props.empty}</Match>
        <Match when={props.feed.status() === 'loading' && props.optimisticRequests.length === 0}>
          <p class="feed-wait" role="status">
            {messages.feed.loading}
          </p>
        </Match>
        <Match when={props.feed.status() === 'failed' && props.optimisticRequests.length === 0}>
          <div class="feed-wait" role="alert">
            <p>{messages.feed.failed}</p>
            <Button onClick={() => props.feed.refresh()}>{messages.app.tryAgain}</Button>
          </div>
        </Match>
        <Match when={true}>
          <Guarded>
            <TaskCards {...props} />
          </Guarded>
        </Match>
      </Switch>
    </main>
  );
}

function ConnectionLine(props: { notice: ConnectionNotice }) {
  return (
    <StatusLine class="connection" kind={props.notice === 'back' ? 'ok' : 'trouble'}>
      {props.notice === 'none' ? '' : messages.connection[props.notice]}
    </StatusLine>
  );
}

/** A status line. It stays in the page while empty: screen readers ignore a status that is inserted with its text. */
function StatusLine(props: { kind?: 'ok' | 'trouble'; class?: string; children: string }) {
  return (
    <p class={`status-line ${props.class ?? ''}`} role="status">
      <Show when={props.children}>
        <span class={`dot dot-${props.kind ?? 'ok'}`} aria-hidden="true" />
        <span ref={liveText(() => props.children)} />
      </Show>
    </p>
  );
}
