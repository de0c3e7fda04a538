/** Brings the features together for one session: who is signed in, what is written, what was made, what is new. */
import { createEffect, createMemo, createSignal, on, onCleanup, untrack } from 'solid-js';
import type { Api } from './api/client.ts';
import { createSession } from './auth/session.ts';
import { createCost } from './credits/cost.ts';
import type { References } from './images/references.ts';
import { createModels } from './models/models.ts';
import { createChoice, createComposer } from './tasks/compose/composer.ts';
import type { Draft } from './tasks/compose/draft.ts';
import type { ProblemField } from './tasks/compose/problems.ts';
import { createReferenceIntake } from './tasks/compose/reference-intake.ts';
import { createSender } from './tasks/compose/send.ts';
import { createTaskActions } from './tasks/feed/actions.ts';
import { createFeed } from './tasks/feed/feed.ts';
import { createAnnouncements } from './tasks/live/announcements.ts';
import { createConnectionNotice } from './tasks/live/connection-notice.ts';
import { createLive } from './tasks/live/live.ts';
import { isUnfinished, type Task } from './tasks/task.ts';
import { createAnnouncer } from './ui/announcer.tsx';
import { createMedia } from './ui/media.ts';
import type { Toasts } from './ui/toasts.tsx';
import { words } from './ui/words.ts';

export interface WorkspaceOptions {
  api: Api;
  draft: Draft;
  references: References;
  toasts: Toasts;
  /** Rises whenever an answer says that nobody is signed in. */
  unauthenticatedCount: () => number;
  onSignedIn: (isSignedIn: boolean) => void;
}

export type Workspace = ReturnType<typeof createWorkspace>;

/** Needs the `Provider` of `@urql/solid`; ends with its owner. */
export function createWorkspace(options: WorkspaceOptions) {
  const { api, draft, references, toasts } = options;
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

  const live = createLive({
    client: api.client,
    socket: api.socket,
    tasks: feed.tasks,
    isSending: () => composer.outgoing().length > 0,
    onMissed: () => {
      session.refresh();
      if (untrack(session.isSignedIn)) feed.refresh();
    },
    onEnded: () => session.refresh(),
  });
  createAnnouncements({ tasks: feed.tasks, codeOf: feed.codeOf, announce: announcer.announce });

  createEffect(on(options.unauthenticatedCount, () => session.refresh(), { defer: true }));
  createEffect(
    on(session.viewerId, (id, before) => {
      options.onSignedIn(id !== undefined);
      if (id !== undefined) setSignInOpen(false);
      if (before !== undefined && before !== id) references.startOver();
      if (before === undefined || id !== undefined) return;
      toasts.show({
        text: words.auth.signedOut,
        action: { label: words.auth.signIn, run: () => setSignInOpen(true) },
      });
    }),
  );

  createEffect(() => {
    const developing = feed.tasks().find(isUnfinished);
    document.title = words.app.title(developing?.progress.percent ?? undefined);
  });

  const focus = (field: ProblemField) => {
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
  });

  const submit = () => {
    const problem = composer.submit();
    if (problem) focus(problem.field);
    else setSheetOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing || isSignInOpen())
      return;
    event.preventDefault();
    submit();
  };
  window.addEventListener('keydown', onKeyDown);
  onCleanup(() => window.removeEventListener('keydown', onKeyDown));

  return {
    session,
    models,
    feed,
    live,
    composer,
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
    closeSignIn() {
      setSignInOpen(false);
      if (!session.isSignedIn()) composer.stopWaiting();
    },
    /** The server has a session now. The dialog closes, and what waited goes by itself, once it is known whose. */
    signedIn: session.refresh,

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
  };
}
