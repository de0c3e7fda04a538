/** Wires the features of one session: session, form, feed, live updates. */
import { type Accessor, createEffect, createSignal, on, onCleanup, untrack } from 'solid-js';
import { createCreditTerms } from '../account/credit-terms.ts';
import type { CrossTabSync } from '../api/cross-tab-sync.ts';
import { createSession, createSignIn } from '../auth/session.ts';
import { createConnectionNotice } from '../feed/feed-view.tsx';
import { createFeed, createOptimisticRequests } from '../feed/feed.ts';
import { createFormState, type FormStateOptions } from '../generate/form-state.ts';
import { createModels } from '../generate/options/models.ts';
import { persistReferences } from '../generate/references/persist-references.ts';
import { messages } from '../i18n/messages.ts';
import type { Favorites } from '../gallery/image-actions.ts';
import type { Live } from '../live/live.ts';
import { createLazyPart } from '../ui/lazy-part.ts';
import { createAnnouncer } from '../ui/live-text.tsx';
import type { Router } from '../ui/router.ts';
import { pageName } from './pages.ts';

export interface PageStateOptions extends Pick<
  FormStateOptions,
  'api' | 'draft' | 'references' | 'router' | 'toasts'
> {
  /** The other tabs of this browser. */
  tabs: CrossTabSync;
  /** Storage of this tab. */
  storage: Storage | undefined;
  /** Storage of this browser. */
  settings: Storage | undefined;
  /** Increases with each response with UNAUTHENTICATED. */
  unauthenticatedCount: () => number;
  onSignedIn: (isSignedIn: boolean) => void;
  /** Called when another user has signed in: this page must end. */
  onOtherUser: () => void;
}

export type PageState = ReturnType<typeof createPageState>;

/** Needs the `Provider` of `@urql/solid`; ends with its owner. */
export function createPageState(options: PageStateOptions) {
  const { api, references, toasts, router, tabs } = options;
  const session = createSession(api.client);
  const models = createModels();
  const feed = createFeed(api.client, session.viewerId);
  const favorites = createLazyPart(session.isSignedIn, async () => {
    const { createFavorites } = await import('../feed/favorites.ts');
    const viewerId = () => (session.viewer() ? session.viewerId() : undefined);
    return () => createFavorites({ client: api.client, toasts, tabs, storage: options.settings, viewerId });
  });
  const shownFavorites: Favorites = {
    has: (image) => favorites()?.has(image) ?? image.favorite,
    toggle: (image) => favorites()?.toggle(image),
    set: (images, favorite) => favorites()?.set(images, favorite),
  };
  const actions = createLazyPart(session.isSignedIn, async () => {
    const { createTaskActions } = await import('../feed/task-actions.ts');
    return () => createTaskActions({ ...options, feed, session });
  });
  const announcer = createAnnouncer();
  const form = createFormState({
    ...options,
    session,
    models,
    feed,
    announce: announcer.announce,
    isSignInOpen: () => signIn.isOpen(),
    onSignInNeeded: () => signIn.open(),
  });
  persistReferences({
    client: api.client,
    references,
    storage: options.storage,
    viewerId: () => session.viewer() && session.viewerId(),
    onNotice: form.dropzone.notify,
  });
  const creditTerms = createCreditTerms(() => {
    const viewer = session.viewer();
    return viewer === null || (viewer !== undefined && viewer.credits < (form.cost() ?? 1));
  });

  /** More may have changed at the server than the known tasks. */
  const refresh = () => {
    session.refresh();
    if (untrack(session.isSignedIn)) feed.refresh();
  };
  const live: Accessor<Live | undefined> = createLazyPart(session.isSignedIn, async () => {
    const { createFollowing } = await import('../live/following.ts');
    return () =>
      createFollowing({
        ...options,
        ...api,
        feed,
        announce: announcer.announce,
        pageName: () => pageName(router.path()),
        isSignedIn: session.isSignedIn,
        isSending: () => form.submission.optimisticRequests().length > 0,
        onMissed: refresh,
        onBegun: session.refresh,
        onEnded: session.refresh,
        onShow: (taskId) => showTask(taskId, router),
      });
  });
  createEffect(() => {
    // Live updates set the title from then on, with progress.
    if (!live()) document.title = messages.pages.title(pageName(router.path()), undefined);
  });
  createEffect(on(options.unauthenticatedCount, session.refresh, { defer: true }));
  const signIn = createSignIn({
    ...options,
    viewerId: session.viewerId,
    onSignedOut: references.startOver,
  });

  const forget = async (taskId: string) =>
    (await import('../api/forget-task.ts')).forgetTask(api.client, taskId);
  /** Increases with changes by other tabs, which the cache does not contain. */
  const [changes, setChanges] = createSignal(0);
  onCleanup(
    tabs.onMessage((message) => {
      if (message.kind === 'session') return session.refresh();
      if (message.kind === 'mark') return favorites()?.learn(message.id, message.favorite);
      if (message.kind === 'deleted') return void forget(message.id).catch(refresh);
      refresh();
      setChanges((count) => count + 1);
    }),
  );

  return {
    session,
    router,
    changes,
    favorites: shownFavorites,
    models,
    creditTerms,
    feed,
    /** As `Live.refresh`; undefined before live updates are loaded. */
    refreshTask: async (taskId: string) => live()?.refresh(taskId),
    isLost: (taskId: string) => live()?.isLost(taskId) ?? false,
    isAway: () => live()?.isAway() ?? false,
    form,
    optimisticRequests: createOptimisticRequests(form.submission.optimisticRequests, feed.tasks),
    notice: createConnectionNotice(api.socket.state),
    announcer,
    /** Undefined before a user has signed in. */
    actions,
    isLive: () => api.socket.state() === 'live',

    isSignInOpen: signIn.isOpen,
    openSignIn: signIn.open,
    closeSignIn() {
      signIn.close();
      if (!session.isSignedIn()) form.submission.stopWaiting();
    },
    /**
     * Called when the server has created a session; the dialog closes and a waiting request is sent once the user is
     * known. Resolves to false if the browser did not take the cookie, undefined if there was no response.
     */
    async signedIn() {
      const isTaken = await session.confirm();
      if (isTaken) tabs.broadcast({ kind: 'session' });
      return isTaken;
    },
    /** Reloads the session, and the models if they failed. */
    reload() {
      session.refresh();
      if (models.status() === 'failed') models.retry();
    },
  };
}

/** Scrolls the card of a task into view. */
function showTask(taskId: string, router: Router): void {
  if (untrack(router.path) !== '/') router.go('/');
  queueMicrotask(() =>
    document.querySelector(`[data-task="${CSS.escape(taskId)}"]`)?.scrollIntoView({ block: 'center' }),
  );
}
