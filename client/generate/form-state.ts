/** The form of one session: what is chosen, what it costs, what was sent, and every way into it. */
import { type Accessor, createMemo, getOwner, onCleanup, runWithOwner } from 'solid-js';
import type { Api } from '../api/client.ts';
import type { Session } from '../auth/session.ts';
import { createCost } from './cost/cost.ts';
import type { References } from './references/references.ts';
import type { Models } from './options/models.ts';
import type { Router } from '../ui/router.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { words } from '../i18n/messages.ts';
import { createChoice, createComposer } from './submit/submission.ts';
import type { Draft } from './draft.ts';
import { createPromptHistory } from './prompt/prompt-history.ts';
import { createReferenceIntake } from './references/dropzone.ts';
import type { Refill, RefillOptions } from './prefill.ts';
import { createSender } from './submit/send.ts';
import { frameCode } from '../gallery/task-numbers.ts';
import { isUnfinished, type Task } from '../api/task.ts';
import { createBenchFocus } from './form-focus.ts';
import { listenForBenchKeys } from './form-keys.ts';

/** The tasks that were sent before, as the feed holds them. */
interface SentTasks {
  tasks: Accessor<readonly Task[]>;
  task(id: string): Task | undefined;
  /** The number of a task; the next free one where it has none yet. */
  codeOf(id: string): string;
  refresh(): void;
}

interface BenchOptions {
  api: Api;
  draft: Draft;
  references: References;
  router: Router;
  session: Session;
  models: Models;
  feed: SentTasks;
  toasts: Toasts;
  /** Tells who reads by ear. */
  announce: (text: string) => void;
  isSignInOpen: () => boolean;
  onSignInNeeded: () => void;
}

/** Needs the `Provider` of `@urql/solid`; ends with its owner. */
export function createBench(options: BenchOptions) {
  const { api, draft, references, router, session, models, feed, toasts, announce } = options;
  const place = createBenchFocus(router);
  const chosen = createChoice(draft, models);
  const count = () => chosen.options()?.count ?? 1;
  const cost = createCost(() => {
    const { model } = chosen.choice();
    return (
      model && {
        modelId: model.id,
        scene: draft.content.scene,
        count: count(),
        singleCostCredits: model.costCredits,
      }
    );
  });
  const balance = () => session.viewer()?.credits;

  const composer = createComposer(chosen, {
    draft,
    references,
    models,
    sender: createSender(api.client),
    cost,
    balance,
    activeTasks: createMemo(() => feed.tasks().filter(isUnfinished).length),
    isSignedIn: session.isSignedIn,
    isOnline: () => api.socket.state() !== 'offline',
    onSignInNeeded: options.onSignInNeeded,
    onSent: () => announce(words.announce.sent(feed.codeOf(''))),
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
  const submit = () => {
    const problem = composer.submit();
    if (problem) place.focus(problem.field);
    else place.setSheetOpen(false);
  };

  const intake = createReferenceIntake({
    draft,
    references,
    choice: chosen.choice,
    announce,
    onFull: () => place.focus('references'),
    // What was dropped must be in sight.
    onFiles: () => router.path() !== '/' && router.go('/'),
  });
  const promptHistory = createPromptHistory(() => feed.tasks().map((task) => task.prompt));
  onCleanup(
    listenForBenchKeys({
      // What is sent must be in sight, and so must what changes.
      maySubmit: () => router.path() === '/' && !options.isSignInOpen(),
      onSubmit: submit,
      onPrompt: () => place.focus('prompt'),
      onScene: (scene) => router.path() === '/' && intake.showScene(scene),
    }),
  );

  return {
    ...place,
    composer,
    cost,
    balance,
    submit,
    intake,
    refill: createLazyRefill({
      draft,
      references,
      toasts,
      onReplaced: promptHistory.keep,
      focus: place.focus,
    }),
    promptHistory,
    /** The request that goes by itself after the sign-in. */
    waiting() {
      if (!composer.isWaitingForSignIn()) return undefined;
      const code = feed.codeOf('');
      return {
        prompt: draft.content.prompt,
        frameCodes: Array.from({ length: count() }, (_, index) => frameCode(code, index)),
      };
    },
  };
}

/** Lazy-loads what prefills the form; `preloadBench` fetches it ahead. */
function createLazyRefill(options: RefillOptions): Refill {
  const owner = getOwner();
  let loaded: Promise<Refill> | undefined;
  const load = async () => {
    const { createRefill } = await import('./prefill.ts');
    return runWithOwner(owner, () => createRefill(options))!;
  };
  const use = async (act: (refill: Refill) => void) => {
    loaded ??= load();
    act(
      await loaded.catch((error: unknown) => {
        loaded = undefined;
        throw error;
      }),
    );
  };
  return {
    prompt: (prompt) => void use((refill) => refill.prompt(prompt)),
    edit: (task) => void use((refill) => refill.edit(task)),
    changeModel: (task) => void use((refill) => refill.changeModel(task)),
    remix: (task) => void use((refill) => refill.remix(task)),
  };
}
