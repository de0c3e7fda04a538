/** The state of the form in one session: draft, cost, submission, references, shortcuts. */
import { type Accessor, createMemo, getOwner, onCleanup, runWithOwner } from 'solid-js';
import type { Api } from '../api/client.ts';
import type { Session } from '../auth/session.ts';
import { createCost } from './cost.ts';
import type { References } from './references/references.ts';
import type { Models } from './options/models.ts';
import type { Router } from '../ui/router.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { messages } from '../i18n/messages.ts';
import { createChoice, createSubmission } from './submission.ts';
import type { Draft } from './draft.ts';
import { createPromptHistory } from './prompt-history.ts';
import { createDropzone } from './dropzone.ts';
import type { Prefill, PrefillOptions } from './prefill.ts';
import { createSender } from './send.ts';
import { imageCode } from '../gallery/task-numbers.ts';
import { isUnfinished, type Task } from '../api/task.ts';
import { createFormFocus, listenForFormKeys } from './form-focus.ts';

/** The tasks that were sent before, as the feed holds them. */
interface SentTasks {
  tasks: Accessor<readonly Task[]>;
  task(id: string): Task | undefined;
  /** The number of a task; the next free one where it has none yet. */
  codeOf(id: string): string;
  refresh(): void;
}

interface FormStateOptions {
  api: Api;
  draft: Draft;
  references: References;
  router: Router;
  session: Session;
  models: Models;
  feed: SentTasks;
  toasts: Toasts;
  /** Announces to screen readers. */
  announce: (text: string) => void;
  isSignInOpen: () => boolean;
  onSignInNeeded: () => void;
}

/** Needs the `Provider` of `@urql/solid`; ends with its owner. */
export function createFormState(options: FormStateOptions) {
  const { api, draft, references, router, session, models, feed, toasts, announce } = options;
  const place = createFormFocus(router);
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

  const submission = createSubmission(chosen, {
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
    onSent: () => announce(messages.announce.sent(feed.codeOf(''))),
    onAccepted: (task) => {
      // A first page of the feed that was loading meanwhile may lack the new task.
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
    const problem = submission.submit();
    if (problem) place.focus(problem.field);
    else place.setSheetOpen(false);
  };

  const dropzone = createDropzone({
    draft,
    references,
    choice: chosen.choice,
    announce,
    onFull: () => place.focus('references'),
    // Dropped files must be visible.
    onFiles: () => router.path() !== '/' && router.go('/'),
  });
  const promptHistory = createPromptHistory(() => feed.tasks().map((task) => task.prompt));
  onCleanup(
    listenForFormKeys({
      // The form must be visible when it is submitted or changed.
      maySubmit: () => router.path() === '/' && !options.isSignInOpen(),
      onSubmit: submit,
      onPrompt: () => place.focus('prompt'),
      onScene: (scene) => router.path() === '/' && dropzone.showScene(scene),
    }),
  );

  return {
    ...place,
    submission,
    cost,
    balance,
    submit,
    dropzone,
    prefill: createLazyPrefill({
      draft,
      references,
      toasts,
      onReplaced: promptHistory.keep,
      focus: place.focus,
    }),
    promptHistory,
    /** The request that is sent after the sign-in. */
    waiting() {
      if (!submission.isWaitingForSignIn()) return undefined;
      const code = feed.codeOf('');
      return {
        prompt: draft.content.prompt,
        imageCodes: Array.from({ length: count() }, (_, index) => imageCode(code, index)),
      };
    },
  };
}

/** Lazy-loads the prefill; `preloadForm` fetches it ahead. */
function createLazyPrefill(options: PrefillOptions): Prefill {
  const owner = getOwner();
  let loaded: Promise<Prefill> | undefined;
  const load = async () => {
    const { createPrefill } = await import('./prefill.ts');
    return runWithOwner(owner, () => createPrefill(options))!;
  };
  const use = async (act: (prefill: Prefill) => void) => {
    loaded ??= load();
    act(
      await loaded.catch((error: unknown) => {
        loaded = undefined;
        throw error;
      }),
    );
  };
  return {
    prompt: (prompt) => void use((prefill) => prefill.prompt(prompt)),
    edit: (task) => void use((prefill) => prefill.edit(task)),
    changeModel: (task) => void use((prefill) => prefill.changeModel(task)),
    remix: (task) => void use((prefill) => prefill.remix(task)),
  };
}
