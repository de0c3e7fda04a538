import { createMemo, createUniqueId, For, type JSX, Match, Show, Switch } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { StatusLine } from '../../ui/status-line.tsx';
import { words } from '../../ui/words.ts';
import type { OutgoingRequest } from '../compose/composer.ts';
import type { ConnectionNotice } from '../live/connection-notice.ts';
import { isUnfinished } from '../task.ts';
import { type Day, groupByDay } from './days.ts';
import type { Feed } from './feed.ts';
import { OutgoingStrip, Strip, type StripEvents } from '../strip/strip.tsx';

export interface FeedViewProps extends StripEvents {
  feed: Feed;
  outgoing: readonly OutgoingRequest[];
  isSignedIn: boolean;
  isLive: boolean;
  notice: ConnectionNotice;
  isLost: (taskId: string) => boolean;
  /** What there is to see where there are no tasks. */
  empty: JSX.Element;
}

/** The viewer's strips, newest first, by day. */
export function FeedView(props: FeedViewProps) {
  const isEmpty = () =>
    props.outgoing.length === 0 &&
    (!props.isSignedIn || (props.feed.status() === 'ready' && props.feed.tasks().length === 0));
  // Strings keep the strips in the page while their tasks change.
  const days = createMemo(() => groupByDay(props.feed.tasks(), new Date()));
  const dayKeys = createMemo(() => {
    const today = new Date().toDateString();
    const keys = days().map((day) => day.key);
    return props.outgoing.length > 0 && !keys.includes(today) ? [today, ...keys] : keys;
  });
  const dayOf = (key: string): Day =>
    days().find((day) => day.key === key) ?? { key, label: words.feed.today, taskIds: [] };
  const outgoingCode = (index: number) =>
    String(Number(props.feed.codeOf('')) + props.outgoing.length - 1 - index);

  return (
    <main class="feed" id="feed" tabIndex={-1}>
      <ConnectionLine notice={props.notice} />
      <Switch>
        <Match when={isEmpty()}>{props.empty}</Match>
        <Match when={props.feed.status() === 'loading' && props.outgoing.length === 0}>
          <p class="feed-wait" role="status">
            {words.feed.loading}
          </p>
        </Match>
        <Match when={props.feed.status() === 'failed' && props.outgoing.length === 0}>
          <div class="feed-wait" role="alert">
            <p>{words.feed.failed}</p>
            <Button onClick={() => props.feed.refresh()}>{words.app.tryAgain}</Button>
          </div>
        </Match>
        <Match when={true}>
          <For each={dayKeys()}>
            {(key, index) => (
              <DaySection
                label={dayOf(key).label}
                isFirst={index() === 0}
                status={index() === 0 && <Developing {...props} />}
              >
                <Show when={index() === 0}>
                  <For each={props.outgoing}>
                    {(request, place) => <OutgoingStrip request={request} code={outgoingCode(place())} />}
                  </For>
                </Show>
                <For each={dayOf(key).taskIds}>
                  {(id) => (
                    <Show when={props.feed.task(id)}>
                      {(task) => (
                        <Strip
                          {...props}
                          task={task()}
                          code={props.feed.codeOf(id)}
                          isLost={props.isLost(id)}
                        />
                      )}
                    </Show>
                  )}
                </For>
              </DaySection>
            )}
          </For>
          <LoadMore feed={props.feed} />
        </Match>
      </Switch>
    </main>
  );
}

function DaySection(props: { label: string; isFirst: boolean; status: JSX.Element; children: JSX.Element }) {
  const headingId = createUniqueId();
  return (
    <section class="day" aria-labelledby={headingId}>
      <div class="day-head">
        <Show when={props.isFirst} fallback={<h2 id={headingId}>{props.label}</h2>}>
          <h1 id={headingId}>{props.label}</h1>
        </Show>
        {props.status}
      </div>
      {props.children}
    </section>
  );
}

function Developing(props: Pick<FeedViewProps, 'feed' | 'isLive'>) {
  const count = () => props.feed.tasks().filter(isUnfinished).length;
  return (
    <Show when={count() > 0}>
      <p class="developing">
        <Show when={props.isLive}>
          <span class="dot dot-ok" aria-hidden="true" />
        </Show>
        {words.feed.developing(count())}
        {props.isLive ? `, ${words.feed.live}` : ''}
      </p>
    </Show>
  );
}

function ConnectionLine(props: { notice: ConnectionNotice }) {
  return (
    <StatusLine class="connection" kind={props.notice === 'back' ? 'ok' : 'trouble'}>
      {props.notice === 'none' ? '' : words.connection[props.notice]}
    </StatusLine>
  );
}

function LoadMore(props: { feed: Feed }) {
  return (
    <Show when={props.feed.more() !== 'none'}>
      <div class="load-more">
        <Show when={props.feed.more() === 'failed'}>
          <p role="alert">{words.feed.failed}</p>
        </Show>
        <Button busy={props.feed.more() === 'loading'} onClick={() => void props.feed.loadMore()}>
          {props.feed.more() === 'loading'
            ? words.feed.loadingMore
            : props.feed.more() === 'failed'
              ? words.app.tryAgain
              : words.feed.loadMore}
        </Button>
      </div>
    </Show>
  );
}
