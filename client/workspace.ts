/** Brings the features together for one session: who is signed in, what is written, what was made, what is new. */
import { createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { Api } from './api/client.ts';
import { forgetTask } from './api/tab-news.ts';
import type { Tabs } from './api/tabs.ts';
import { createSession } from './auth/session.ts';
import { createCost } from './credits/cost.ts';
import type { References } from './images/references.ts';
import { createModels } from './models/models.ts';
import { listenForBenchKeys } from './tasks/bench/bench-keys.ts';
import { createChoice, createComposer } from './tasks/compose/composer.ts';
import type { Draft } from './tasks/compose/draft.ts';
import type { ProblemField } from './tasks/compose/problems.ts';
import { createPromptHistory } from './tasks/compose/prompt-history.ts';
import { createReferenceIntake } from './tasks/compose/reference-intake.ts';
import { createSender } from './tasks/compose/send.ts';
import { createTaskActions } from './tasks/feed/actions.ts';
import { createAwaited } from './tasks/feed/awaited.ts';
import { createFeed } from './tasks/feed/feed.ts';
import { createConnectionNotice } from './tasks/live/connection-notice.ts';
import { createFollowingLater } from './tasks/live/later.ts';
import type { Notifications } from './tasks/live/notifications.ts';
import { createMarks } from './tasks/marks.ts';
import { frameCode } from './tasks/strip/strip-numbers.ts';
import { isUnfinished, type Task } from './tasks/task.ts';
import { createAnnouncer } from './ui/announcer.tsx';
import { createMedia } from './ui/media.ts';
import type { Router } from './ui/router.ts';
import type { Toasts } from './ui/toasts.tsx';
import { words } from './ui/words.ts';

export interface WorkspaceOptions {
  api: Api;
  draft: Draft;
  references: References;
  toasts: Toasts;
  router: Router;
  /** The other tabs of this browser. */
  tabs: Tabs;
  notifications: Notifications;
  /** What is remembered beyond this tab. */
  settings: Storage | undefined;
  /** Rises whenever an answer says that nobody is signed in. */
  unauthenticatedCount: () => number;
  onSignedIn: (isSignedIn: boolean) => void;
  /** Somebody else has signed in where another person was: this page must end. */
  onOtherPerson: () => void;
}

export type Workspace = ReturnType<typeof createWorkspace>;

/** Needs the `Provider` of `@urql/solid`; ends with its owner. */
export function createWorkspace(options: WorkspaceOptions) {
  const { api, draft, references, toasts, router, tabs, notifications } = options;
  const session = createSession();
  const models = createModels();
  const feed = createFeed(api.client, session.viewerId);
  const announcer = createAnnouncer();
  const notice = createConnectionNotice(api.socket.state);
  const isCompact = createMedia('(max-width: 860px)');
  const [isSignInOpen, setSignInOpen] = createSignal(false);
  const [isSheetOpen, setSheetOpen] = createSignal(false);
  const fields = new Map<ProblemField, HTMLElement>();

  const chosen = createChoice(draft, models);
  const cost = createCost(() => {
    const { model } = chosen.choice();
    const count = chosen.options()?.count ?? 1;
    return (
      model && { modelId: model.id, scene: draft.content.scene, count, singleCostCredits: model.costCredits }
    );
  });
  const balance = () => session.viewer()?.credits;
  const unfinishedCount = createMemo(() => feed.tasks().filter(isUnfinished).length);

  const composer = createComposer(chosen, {
    draft,
    references,
    models,
    sender: createSender(api.client),
    cost,
    balance,
    activeTasks: unfinishedCount,
    isSignedIn: session.isSignedIn,
    isOnline: () => api.socket.state() !== 'offline',
    onSignInNeeded: () => setSignInOpen(true),
    onSent: () => announcer.announce(words.announce.sent(feed.codeOf(''))),
    onAccepted: (task) => {
      // Where the first page of the feed was on its way meanwhile, it may have missed the new task.
      setTimeout(() => {
        if (!feed.task(task.id)) feed.refresh();
      });
    },
    onUncertain: () => {
      session.refresh();
      feed.refresh();
    },
  });

  const live = createFollowingLater(session.isSignedIn, {
    client: api.client,
    socket: api.socket,
    feed,
    toasts,
    notifications,
    announce: announcer.announce,
    pageName: () => pageName(router.path()),
    isSending: () => composer.outgoing().length > 0,
    onMissed: () => {
      session.refresh();
      if (untrack(session.isSignedIn)) feed.refresh();
    },
    onEnded: session.refresh,
    onShow: (taskId) => showTask(taskId),
  });
  createEffect(() => {
    // From then on the tab tells how far things are as well.
    if (!live()) document.title = words.pages.title(pageName(router.path()), undefined);
  });

  createEffect(on(options.unauthenticatedCount, () => session.refresh(), { defer: true }));
  /** Whose page this is: the first one who was signed in. */
  let personId: string | undefined;
  createEffect(
    on(session.viewerId, (id, before) => {
      personId ??= id;
      // Not within this effect, which ends with the page.
      if (id !== undefined && id !== personId) queueMicrotask(options.onOtherPerson);
      options.onSignedIn(id !== undefined);
      if (id !== undefined) setSignInOpen(false);
      if (before !== undefined && before !== id) references.startOver();
      if (before === undefined || id !== undefined) return;
      const dismiss = toasts.show({
        text: words.auth.signedOut,
        action: { label: words.auth.signIn, run: () => setSignInOpen(true) },
      });
      onCleanup(dismiss);
    }),
  );

  /** Rises with news of what the cache cannot know by itself. */
  const [changes, setChanges] = createSignal(0);
  onCleanup(
    tabs.onNews((news) => {
      if (news.kind === 'session') return session.refresh();
      if (news.kind === 'deleted') return void forgetTask(api.client, news.id);
      session.refresh();
      if (untrack(session.isSignedIn)) feed.refresh();
      setChanges((count) => count + 1);
    }),
  );

  /** Brings a strip of the feed into view. */
  const showTask = (taskId: string) => {
    if (untrack(router.path) !== '/') router.go('/');
    queueMicrotask(() =>
      document.querySelector(`[data-strip="${CSS.escape(taskId)}"]`)?.scrollIntoView({ block: 'center' }),
    );
  };

  const focus = (field: ProblemField) => {
    if (untrack(router.path) !== '/') router.go('/');
    if (untrack(isCompact)) setSheetOpen(true);
    // The sheet's fields are there once it has been drawn.
    queueMicrotask(() => fields.get(field)?.focus());
  };
  const intake = createReferenceIntake({
    draft,
    references,
    choice: chosen.choice,
    announce: announcer.announce,
    onFull: () => focus('references'),
    // What was dropped must be in sight.
    onFiles: () => router.path() !== '/' && router.go('/'),
  });

  const submit = () => {
    const problem = composer.submit();
    if (problem) focus(problem.field);
    else setSheetOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing || isSignInOpen())
      return;
    // What is sent must be in sight.
    if (router.path() !== '/') return;
    event.preventDefault();
    submit();
  };
  window.addEventListener('keydown', onKeyDown);
  onCleanup(() => window.removeEventListener('keydown', onKeyDown));
  onCleanup(
    listenForBenchKeys({
      onPrompt: () => focus('prompt'),
      onScene(scene) {
        // What changes must be in sight.
        if (router.path() === '/') intake.showScene(scene);
      },
    }),
  );

  return {
    session,
    router,
    changes,
    marks: createMarks(options.settings, session.viewerId),
    models,
    feed,
    /** Fetches a task anew, for fresh addresses or fresh news; undefined where it is gone or no answer came. */
    refreshTask: async (taskId: string) => live()?.refresh(taskId),
    isLost: (taskId: string) => live()?.isLost(taskId) ?? false,
    composer,
    awaited: createAwaited(composer.outgoing, feed.tasks),
    promptHistory: createPromptHistory(() => feed.tasks().map((task) => task.prompt)),
    cost,
    balance,
    notice,
    announcer,
    actions: createTaskActions({ client: api.client, feed, toasts }),
    isCompact,
    isLive: () => api.socket.state() === 'live',
    intake,
    fields,
    isSheetOpen,
    setSheetOpen,
    isSignInOpen,
    submit,

    openSignIn: () => setSignInOpen(true),
    /** The request that goes by itself after the sign-in. */
    waiting() {
      if (!composer.isWaitingForSignIn()) return undefined;
      const code = feed.codeOf('');
      const count = chosen.options()?.count ?? 1;
      return {
        prompt: draft.content.prompt,
        frameCodes: Array.from({ length: count }, (_, index) => frameCode(code, index)),
      };
    },
    closeSignIn() {
      setSignInOpen(false);
      if (!session.isSignedIn()) composer.stopWaiting();
    },
    /** The server has a session now. The dialog closes, and what waited goes by itself, once it is known whose. */
    signedIn() {
      session.refresh();
      tabs.tell({ kind: 'session' });
    },

    focusPrompt: () => focus('prompt'),
    /** An example in the form, ready to be changed. */
    fillPrompt(prompt: string) {
      draft.change({ prompt });
      focus('prompt');
    },
    /** An earlier request in the form, its references with it. */
    editTask(task: Task) {
      intake.restore(task);
      focus('prompt');
    },
    /** The same, where another model is to make it. */
    changeModel(task: Task) {
      intake.restore(task);
      focus('model');
    },
    /** The same, but for the seed: what comes is to be another picture. */
    remixTask(task: Task) {
      intake.restore(task);
      draft.change({ seed: '' });
      focus('prompt');
    },
  };
}

function pageName(path: string): string {
  if (path === '/history') return words.pages.history;
  if (path === '/account') return words.pages.account;
  return words.pages.create;
}
