import { createEffect, createMemo, createSignal, onCleanup, onMount, Show } from 'solid-js';
import { render } from 'solid-js/web';
import type { Session } from '../auth/session.ts';
import type { Feed } from '../feed/feed.ts';
import { keepLastFeed } from './keep-last-feed.ts';
import { createLastFeedStore, type LastFeed, type LastFeedStore } from './last-feed-store.ts';
import { LastFeedView } from './last-feed.tsx';
import { registerServiceWorker } from './register.ts';

interface OfflineProps {
  session: Pick<Session, 'viewer' | 'viewerId' | 'failure' | 'refresh'>;
  feed: Pick<Feed, 'status' | 'tasks' | 'codeOf'>;
  /** Of the page that is shown. */
  path: string;
}

/** What makes the page start without a connection, and what it shows then: the last feed. Loaded after the first paint. */
export function Offline(props: OfflineProps) {
  onMount(() => {
    linkManifest();
    registerServiceWorker();
  });
  return (
    <Show when={'caches' in globalThis}>
      <KeptFeed
        {...props}
        store={createLastFeedStore({ caches, fetch: (...request) => fetch(...request) })}
      />
    </Show>
  );
}

/** Not in the page from the start: there it would be loaded before the first pictures are shown. */
function linkManifest(): void {
  document.head.append(
    Object.assign(document.createElement('link'), { rel: 'manifest', href: '/manifest.webmanifest' }),
  );
}

function KeptFeed(props: OfflineProps & { store: LastFeedStore }) {
  const { session, store } = props;
  keepLastFeed(props);
  /** Whether the page has started without a connection. The session is asked for again meanwhile. */
  const isAway = createMemo(
    (was: boolean) => session.viewer() === undefined && (was || session.failure()?.code === 'NETWORK'),
    false,
  );
  const [kept, setKept] = createSignal<LastFeed>();
  createEffect(() => {
    if (!isAway()) return setKept(undefined);
    void store.read().then(
      (found) => isAway() && setKept(found?.tasks.length ? found : undefined),
      () => {},
    );
    window.addEventListener('online', session.refresh);
    onCleanup(() => window.removeEventListener('online', session.refresh));
  });
  createEffect(() => {
    const feed = kept();
    // Another page has no place for it.
    const place = feed && props.path === '/' && document.getElementById('feed');
    if (!place) return;
    const holder = place.appendChild(document.createElement('div'));
    const end = render(() => <LastFeedView feed={feed} picture={store.picture} />, holder);
    onCleanup(() => {
      end();
      holder.remove();
    });
  });
  return null;
}
