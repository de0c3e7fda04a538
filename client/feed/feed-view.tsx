import {
  type Accessor,
  createEffect,
  createSignal,
  createUniqueId,
  For,
  type JSX,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from 'solid-js';
import type { FeedDaysProps } from './feed-days.tsx';
import { messages } from '../i18n/messages.ts';
import { lazyComponent } from '../ui/lazy-component.ts';
import { liveText } from '../ui/live-text.tsx';
import { Guarded, LoadFailure } from '../ui/load-failure.tsx';
import type { ConnectionState } from '../api/subscriptions.ts';
import type { Model } from '../generate/options/model-choice.ts';

const TaskCards = lazyComponent(() => import('./task-cards.tsx'), 'TaskCards');

/** Preloads the task cards; a feed without tasks does not need them. */
export const preloadTaskCards = (): Promise<unknown> => TaskCards.preload();

interface FeedViewProps extends FeedDaysProps {
  /** Whether the user is a visitor, as far as is known. */
  isVisitor: boolean;
  notice: ConnectionNotice;
  /** Shown if there are no tasks. */
  empty: JSX.Element;
}

/** The feed: the viewer's tasks, or why there are none. */
export function FeedView(props: FeedViewProps) {
  /** What is shown in place of tasks. */
  const placeholder = () => {
    if (props.optimisticRequests.length > 0) return undefined;
    if (props.isVisitor) return 'empty';
    if (props.feed.status() !== 'ready') return props.feed.status();
    return props.feed.tasks().length === 0 ? 'empty' : undefined;
  };
  createEffect(() => {
    if (!props.isVisitor) void preloadTaskCards();
  });

  return (
    <main class="feed" id="feed" tabIndex={-1}>
      <ConnectionLine notice={props.notice} />
      <Switch>
        <Match when={placeholder() === 'empty'}>{props.empty}</Match>
        <Match when={placeholder() === 'loading'}>
          <p class="feed-wait" role="status">
            {messages.feed.loading}
          </p>
        </Match>
        <Match when={placeholder() === 'failed'}>
          <LoadFailure class="feed-wait" text={messages.feed.failed} onRetry={props.feed.refresh} />
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

/** Stays in the page while empty: screen readers ignore a status that is inserted with its text. */
function ConnectionLine(props: { notice: ConnectionNotice }) {
  const text = () => (props.notice === 'none' ? '' : messages.connection[props.notice]);
  return (
    <p class="status-line connection" role="status">
      <Show when={text()}>
        <span class={`dot dot-${props.notice === 'back' ? 'ok' : 'trouble'}`} aria-hidden="true" />
        <span ref={liveText(text)} />
      </Show>
    </p>
  );
}

type ConnectionNotice = 'none' | 'reconnecting' | 'offline' | 'back';

const troubleAfterMs = 3_000;
const backShownMs = 4_000;

/** Reports trouble of the connection after three seconds, so that it never flickers, and its return for a short time. */
export function createConnectionNotice(state: Accessor<ConnectionState>): Accessor<ConnectionNotice> {
  const [notice, setNotice] = createSignal<ConnectionNotice>('none');
  createEffect(
    on(state, (now) => {
      const isTroubleShown = notice() === 'offline' || notice() === 'reconnecting';
      let timer: ReturnType<typeof setTimeout>;
      if (now === 'offline' || now === 'reconnecting') {
        if (isTroubleShown) setNotice(now);
        else timer = setTimeout(() => setNotice(now), troubleAfterMs);
      } else {
        if (isTroubleShown) setNotice('back');
        timer = setTimeout(() => setNotice('none'), backShownMs);
      }
      onCleanup(() => clearTimeout(timer));
    }),
  );
  return notice;
}

/** One picture for each of `messages.feed.examples`, in their order. */
const pictures = [
  new URL('./examples/islands.webp', import.meta.url).href,
  new URL('./examples/vase.webp', import.meta.url).href,
  new URL('./examples/lagoon.webp', import.meta.url).href,
];

/** How many pictures `index.html` preloads; a phone shows no more. */
const preloadedPictures = 2;

/** The feed before the first request: example prompts, which fill the form and send nothing. */
export function EmptyFeed(props: {
  model: Model | undefined;
  onExample: (prompt: string) => void;
  /** What is known later. Last, so that nothing moves when it comes. */
  children: JSX.Element;
}) {
  const headingId = createUniqueId();
  return (
    <section class="empty" aria-labelledby={headingId}>
      <h1 id={headingId}>{messages.feed.emptyTitle}</h1>
      <p class="empty-text">{messages.feed.emptyText}</p>
      <div class="examples">
        <For each={messages.feed.examples}>
          {(prompt, index) => (
            <button type="button" class="example film" onClick={() => props.onExample(prompt)}>
              <img
                src={pictures[index()]}
                width="440"
                height="330"
                alt=""
                loading={index() < preloadedPictures ? 'eager' : 'lazy'}
                decoding="sync"
              />
              <span class="code">
                <Show when={props.model} fallback={'\u00a0'}>
                  {(model) => messages.feed.example(model().costCredits, model().label)}
                </Show>
              </span>
              <span>{prompt}</span>
            </button>
          )}
        </For>
      </div>
      <Guarded>{props.children}</Guarded>
    </section>
  );
}
