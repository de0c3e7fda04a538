/** The state of the form in one session: draft, cost, submission, references, shortcuts. */
import { type Accessor, createMemo, createSignal, getOwner, onCleanup, runWithOwner } from 'solid-js';
import type { Api } from '../api/client.ts';
import type { Session } from '../auth/session.ts';
import type { References } from './references/references.ts';
import type { Models } from './options/models.ts';
import type { Router } from '../ui/router.ts';
import { createLazyPart } from '../ui/lazy-part.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { messages } from '../i18n/messages.ts';
import { createCost } from './cost.ts';
import { createChoice, createSubmission, type SubmissionOptions } from './submission.ts';
import type { Draft } from './draft.ts';
import { createPromptHistory } from './prompt-history.ts';
import { createDropzone } from './dropzone.ts';
import type { RepeatOptions, Repeats } from './repeats.ts';
import { createSender } from './send.ts';
import { imageCode, isUnfinished, type Task } from '../api/task.ts';
import { createFormFocus, listenForFormKeys } from './form-focus.ts';
import { shortageMessage } from './problems.ts';

/** The tasks that were sent before, as the feed holds them. */
interface SentTasks {
  tasks: Accessor<readonly Task[]>;
  task(id: string): Task | undefined;
  /** The number of a task; the next free one where it has none yet. */
  codeOf(id: string): string;
  refresh(): void;
}

export interface FormStateOptions {
  api: Api;
  draft: Draft;
  references: References;
  router: Router;
  session: Session;
  models: Models;
  feed: SentTasks;
  toasts: Toasts;
  announce: (text: string) => void;
  isSignInOpen: () => boolean;
  onSignInNeeded: () => void;
}

export type FormState = ReturnType<typeof createFormState>;

/** Needs the `Provider` of `@urql/solid`; ends with its owner. */
export function createFormState(options: FormStateOptions) {
  const { draft, references, router, session, feed } = options;
  const place = createFormFocus(router);
  const chosen = createChoice(draft, options.models);
  const ownCost = createCost(chosen, draft);
  const [isSeveral, setSeveral] = createSignal(false);
  const cost = () => (several() ? several()!.total(ownCost()) : ownCost());
  const balance = () => session.viewer()?.credits;
  const submission = createFormSubmission({
    ...options,
    chosen,
    cost: ownCost,
    totalCost: cost,
    balance,
    onSending: (...sent) => several()?.send(...sent),
  });
  const several = createLazyPart(isSeveral, async () => {
    const { createSeveralModels } = await import('./several-models.tsx');
    return () => createSeveralModels({ ...options, client: options.api.client, chosen, ownCost, submission });
  });
  const submit = () => {
    const problem = submission.submit();
    if (problem) place.focus(problem.field);
    else place.setSheetOpen(false);
  };

  const dropzone = createDropzone({
    ...options,
    choice: chosen.choice,
    onFull: () => place.focus('references'),
    // Dropped files must be visible.
    onFiles: () => router.path() !== '/' && router.go('/'),
  });
  const promptHistory = createPromptHistory(() => feed.tasks().map((task) => task.prompt));
  const repeats = createLazyRepeats({
    ...options,
    client: options.api.client,
    submission,
    onReplaced: promptHistory.keep,
    focus: place.focus,
  });
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
    draft,
    references,
    models: options.models,
    toasts: options.toasts,
    isSignedIn: session.isSignedIn,
    userId: session.viewerId,
    submission,
    /** What sends the request to further models; undefined before the user has asked for it. */
    several,
    openSeveral: () => void setSeveral(true),
    cost,
    balance,
    isShort: () => shortageMessage(cost(), balance()) !== undefined,
    /** Submits, and focuses the field that is at fault. */
    submit,
    dropzone,
    prefill: repeats.prefill,
    /** What repeats earlier requests; loaded with the first use. */
    repeats: repeats.load,
    /** The number of the task that the form was filled from, where the feed has it. */
    parentCode() {
      const { parentId } = draft.content;
      return feed.task(parentId) && feed.codeOf(parentId);
    },
    promptHistory,
    /** The request that is sent after the sign-in. */
    waiting() {
      if (!submission.isWaitingForSignIn()) return undefined;
      const code = feed.codeOf('');
      const length = chosen.options()?.count ?? 1;
      return {
        prompt: draft.content.prompt,
        imageCodes: Array.from({ length }, (_, index) => imageCode(code, index)),
      };
    },
  };
}

type Chosen = ReturnType<typeof createChoice>;

function createFormSubmission(
  options: FormStateOptions & { chosen: Chosen } & Pick<
      SubmissionOptions,
      'cost' | 'totalCost' | 'balance' | 'onSending'
    >,
) {
  const { api, session, feed, announce } = options;
  return createSubmission(options.chosen, {
    ...options,
    sender: createSender(api.client),
    activeTasks: createMemo(() => feed.tasks().filter(isUnfinished).length),
    isSignedIn: session.isSignedIn,
    isVisitor: session.isVisitor,
    isOnline: () => api.socket.state() !== 'offline',
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
}

/** Lazy-loads what fills the form and repeats requests; `preloadForm` fetches it ahead. */
function createLazyRepeats(options: RepeatOptions) {
  const owner = getOwner();
  let loaded: Repeats | undefined;
  const load = async (): Promise<Repeats> => {
    const { createRepeats } = await import('./repeats.ts');
    return (loaded ??= runWithOwner(owner, () => createRepeats(options))!);
  };
  const act =
    <Name extends 'prompt' | 'edit' | 'changeModel' | 'remix' | 'retry'>(name: Name) =>
    (...what: Parameters<Repeats[Name]>) =>
      void load().then((repeats) => (repeats[name] as (...what: unknown[]) => void)(...what));
  return {
    load,
    prefill: {
      prompt: act('prompt'),
      edit: act('edit'),
      changeModel: act('changeModel'),
      remix: act('remix'),
      retry: act('retry'),
    },
  };
}
