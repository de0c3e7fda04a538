/** The state of the form in one session: draft, cost, submission, references, shortcuts. */
import { type Accessor, createMemo, getOwner, onCleanup, runWithOwner } from 'solid-js';
import { type Api, createStoreQuery } from '../api/client.ts';
import { graphql } from '../api/generated/gql.ts';
import type { Session } from '../auth/session.ts';
import type { References } from './references/references.ts';
import type { Models } from './options/models.ts';
import type { Router } from '../ui/router.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { messages } from '../i18n/messages.ts';
import { createChoice, createSubmission, type SubmissionOptions } from './submission.ts';
import type { Draft } from './draft.ts';
import { createPromptHistory } from './prompt-history.ts';
import { createDropzone } from './dropzone.ts';
import type { Prefill, PrefillOptions } from './prefill.ts';
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
  const cost = createCost(chosen, draft);
  const balance = () => session.viewer()?.credits;
  const submission = createFormSubmission({ ...options, chosen, cost, balance });
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
    submission,
    cost,
    balance,
    isShort: () => shortageMessage(cost(), balance()) !== undefined,
    /** Submits, and focuses the field that is at fault. */
    submit,
    dropzone,
    prefill: createLazyPrefill({ ...options, onReplaced: promptHistory.keep, focus: place.focus }),
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

const CostDocument = graphql(`
  query Cost($model: ID!, $scene: Scene!, $count: Int!) {
    node(id: $model) {
      id
      ... on Model {
        costCredits(scene: $scene, count: $count)
      }
    }
  }
`);

type Chosen = ReturnType<typeof createChoice>;

/**
 * The cost of the next request; undefined until known. The list of models has the cost of a single image, the API
 * calculates that of several.
 */
function createCost({ choice, options }: Chosen, draft: Draft): Accessor<number | undefined> {
  const modelId = createMemo(() => choice().model?.id ?? '');
  const count = createMemo(() => options()?.count ?? 1);
  const [result] = createStoreQuery({
    query: CostDocument,
    variables: () => ({ model: modelId(), scene: draft.content.scene, count: count() }),
    pause: () => count() === 1,
  });
  return createMemo(() => {
    const { model } = choice();
    if (!model || count() === 1) return model?.costCredits;
    // The last result stays while the next query is running.
    if (result.fetching || result.operation?.variables.count !== count()) return undefined;
    const node = result.data?.node;
    return node && 'costCredits' in node && node.id === model.id ? node.costCredits : undefined;
  });
}

function createFormSubmission(
  options: FormStateOptions & { chosen: Chosen } & Pick<SubmissionOptions, 'cost' | 'balance'>,
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

/** Lazy-loads the prefill; `preloadForm` fetches it ahead. */
function createLazyPrefill(options: PrefillOptions): Prefill {
  const owner = getOwner();
  let loaded: Prefill | undefined;
  const use = async (act: (prefill: Prefill) => void) => {
    const { createPrefill } = await import('./prefill.ts');
    loaded ??= runWithOwner(owner, () => createPrefill(options))!;
    act(loaded);
  };
  return {
    prompt: (prompt) => void use((prefill) => prefill.prompt(prompt)),
    edit: (task) => void use((prefill) => prefill.edit(task)),
    changeModel: (task) => void use((prefill) => prefill.changeModel(task)),
    remix: (task) => void use((prefill) => prefill.remix(task)),
  };
}
