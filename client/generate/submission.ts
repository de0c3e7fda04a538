/**
 * From the press of Generate to the accepted task: validates, waits for the list of models, asks for a sign-in, waits for
 * uploads, sends, and explains a refusal.
 */
import { type Accessor, createEffect, createMemo, createSignal, untrack } from 'solid-js';
import type { Refusal } from '../api/errors.ts';
import type { GenerateImageInput } from '../api/generated/graphql.ts';
import { requestedRatio, type Task } from '../api/task.ts';
import { cleanPrompt, type Draft } from './draft.ts';
import { type AcceptedOptions, acceptedOptions, chooseModel, type Model } from './options/model-choice.ts';
import type { Models } from './options/models.ts';
import type { References } from './references/references.ts';
import { createRefusal, firstProblem, type ProblemField } from './problems.ts';
import { createPresses, type Sender, type SendResult } from './send.ts';
import { createId } from '../ui/id.ts';

/** A request without a response yet, shown in the feed at once. */
export interface OptimisticRequest {
  id: string;
  prompt: string;
  model: Model;
  count: number;
  ratio: number;
  costCredits: number | undefined;
}

export type RequestInput = Omit<GenerateImageInput, 'idempotencyKey'> & { options: AcceptedOptions };

export interface SubmissionOptions {
  draft: Draft;
  references: References;
  sender: Pick<Sender, 'generate'>;
  cost: Accessor<number | undefined>;
  /** With what the press sends to further models. */
  totalCost?: Accessor<number | undefined>;
  balance: Accessor<number | undefined>;
  activeTasks: Accessor<number>;
  isSignedIn: Accessor<boolean>;
  /** Whether the page is that of a visitor. False while that is not known: the request waits. */
  isVisitor: Accessor<boolean>;
  isOnline: Accessor<boolean>;
  /** Opens the sign-in dialog; the request is sent after the sign-in. */
  onSignInNeeded: () => void;
  onSent: () => void;
  /** Called with the input of Generate, the key of the press, and its outcome. */
  onSending?: (input: RequestInput, key: string, outcome: Promise<Refusal | undefined>) => void;
  onAccepted: (task: Task) => void;
  /** Called if the outcome of a request is unknown, or the known balance was wrong. */
  onUncertain: () => void;
  /** A clock in milliseconds, for double presses. */
  now?: () => number;
}

/** The model of the draft, and its options as far as the model supports them. */
export function createChoice(draft: Draft, models: Models) {
  const choice = createMemo(() =>
    chooseModel({
      models: models.of(draft.content.scene),
      allModels: models.all(),
      wantedId: draft.content.modelId,
    }),
  );
  const options = createMemo(() => {
    const { model } = choice();
    return model && acceptedOptions(model, draft.content);
  });
  return { choice, options, isLoading: () => models.status() === 'loading' };
}

export type Submission = ReturnType<typeof createSubmission>;

export function createSubmission(chosen: ReturnType<typeof createChoice>, options: SubmissionOptions) {
  const { draft, references } = options;
  const { choice } = chosen;
  const [isTried, setTried] = createSignal(false);
  const [waiting, setWaiting] = createSignal<'models' | 'sign-in' | 'uploads' | 'place'>();
  const [optimisticRequests, setOptimisticRequests] = createSignal<readonly OptimisticRequest[]>([]);
  const presses = createPresses(options.now);
  /** The idempotency key of the press that waits, or was sent last. */
  let keyOfPress = createId();
  /** How many tasks were active when the server refused with TOO_MANY_ACTIVE_TASKS. */
  let activeAtRefusal = 0;
  const refusal = createRefusal({ ...options, startsAutomatically: () => waiting() === 'place' });

  /** The references that the request would use. */
  const sources = () => (draft.content.scene === 'IMAGE_TO_IMAGE' ? references.items : []);
  const currentProblem = () =>
    firstProblem({
      ...draft.content,
      references: references.items,
      model: choice().model,
      costCredits: (options.totalCost ?? options.cost)(),
      balanceCredits: options.balance(),
      isOnline: options.isOnline(),
      waitSeconds: refusal.waitSeconds(),
    });
  const isUploading = () => draft.content.scene === 'IMAGE_TO_IMAGE' && references.pending().length > 0;

  /** The form as text, to compare presses. */
  const formState = () =>
    JSON.stringify([draft.content, choice().model?.id, references.items.map(({ id }) => id)]);

  /** Another press does not end a rate limit. */
  const clearRefusal = () => {
    if (refusal.waitSeconds() === 0) refusal.clear();
  };

  const proceed = () => {
    clearRefusal();
    const missing = currentProblem();
    const isTooEarly = missing?.field === 'model' && chosen.isLoading();
    const found = isTooEarly ? undefined : missing;
    setTried(Boolean(found));
    const isSignedOut = !options.isSignedIn();
    const unmet = isTooEarly ? 'models' : isSignedOut ? 'sign-in' : isUploading() ? 'uploads' : undefined;
    setWaiting(found ? undefined : unmet);
    if (!found && !unmet) void send();
    return found;
  };

  /**
   * Submits the form: sends one request, now or once it has what it waits for. The same form within half a second is
   * the same press. Returns the problem that keeps it from being sent, for the focus.
   */
  const submit = () =>
    untrack(() => {
      if (!presses.isNew(formState())) return undefined;
      keyOfPress = createId();
      const found = proceed();
      if (found) presses.reset();
      return found;
    });

  createEffect(() => {
    const ready =
      (waiting() === 'models' && !chosen.isLoading()) ||
      (waiting() === 'sign-in' && options.isSignedIn() && options.balance() !== undefined) ||
      (waiting() === 'uploads' && !isUploading()) ||
      (waiting() === 'place' && options.activeTasks() < activeAtRefusal);
    if (ready) untrack(proceed);
  });
  createEffect(() => {
    if (waiting() === 'sign-in' && options.isVisitor()) untrack(options.onSignInNeeded);
  });

  /** Shows the outcome of a request. Resolves to the refusal, if it was refused. */
  const settle = async (
    sent: Promise<SendResult>,
    costCredits: number | undefined,
    tryAgain: () => void,
  ): Promise<Refusal | undefined> => {
    const result = await sent;
    if ('task' in result) {
      options.onAccepted(result.task);
      return undefined;
    }
    presses.reset();
    refusal.show(result.refusal, costCredits, tryAgain);
    const { code } = result.refusal;
    if (code === 'NETWORK' || code === 'INTERNAL' || code === 'INSUFFICIENT_CREDITS') options.onUncertain();
    return result.refusal;
  };

  /** Without its parent, if that has been deleted: what the user wants does not depend on it, and nothing was charged. */
  const generate = async ({ parent, ...same }: RequestInput, key: string): Promise<SendResult> => {
    if (!parent) return options.sender.generate(same, key);
    const result = await options.sender.generate({ ...same, parent }, key);
    if ('task' in result || !result.refusal.field?.endsWith('parent')) return result;
    if (draft.content.parentId === parent) draft.change({ parentId: '' });
    return options.sender.generate(same, key);
  };

  /** Sends a request, which the feed shows meanwhile. Resolves to the refusal, if it was refused. */
  const dispatch = async (
    input: RequestInput,
    facts: Pick<OptimisticRequest, 'model' | 'ratio' | 'costCredits'>,
    key: string,
    tryAgain: () => void,
  ): Promise<Refusal | undefined> => {
    const request = { id: createId(), prompt: input.prompt, count: input.options.count, ...facts };
    setOptimisticRequests((requests) => [request, ...requests]);
    options.onSent();
    try {
      return await settle(generate(input, key), facts.costCredits, tryAgain);
    } finally {
      setOptimisticRequests((requests) => requests.filter((other) => other !== request));
    }
  };

  const send = async () => {
    const { model } = choice();
    const imageOptions = chosen.options();
    if (!model || !imageOptions) return;
    const used = sources();
    const { prompt, scene, parentId } = draft.content;
    const input = {
      model: model.id,
      prompt: cleanPrompt(prompt),
      scene,
      options: imageOptions,
      referenceImages: used.flatMap(({ state }) => (state.kind === 'uploaded' ? [state.imageId] : [])),
      ...(parentId && { parent: parentId }),
    };
    const ratio = requestedRatio(imageOptions.aspectRatio, used[0]?.size);
    const facts = { model, ratio, costCredits: options.cost() };
    const outcome = dispatch(input, facts, keyOfPress, () => void submit());
    options.onSending?.(input, keyOfPress, outcome);
    const refused = await outcome;
    // If no task is known to run, nothing would end the wait.
    if (refused?.code === 'TOO_MANY_ACTIVE_TASKS' && options.activeTasks() > 0) {
      activeAtRefusal = options.activeTasks();
      setWaiting('place');
    }
  };

  /** Whether a press of another button than Generate is a new one, and its request may be sent. */
  const begin = (press: string): boolean => {
    if (!presses.isNew(press)) return false;
    clearRefusal();
    const isSignedIn = untrack(options.isSignedIn);
    if (!isSignedIn) options.onSignInNeeded();
    return isSignedIn;
  };

  const problem = createMemo(() => (isTried() ? currentProblem() : undefined));
  return {
    ...chosen,
    sources,
    /** The first problem, once Generate was pressed; cleared when it is fixed. */
    problem,
    /** Its text, if it is of this field. */
    problemAt: (field: ProblemField) => (problem()?.field === field ? problem()?.text : undefined),
    refusal: refusal.text,
    errorReport: refusal.errorReport,
    waitSeconds: refusal.waitSeconds,
    isOnline: options.isOnline,
    /** Whether the request waits for a running one to end. */
    isWaitingForPlace: () => waiting() === 'place',
    /** How many uploads the request waits for. */
    waitingFor: () => (waiting() === 'uploads' ? references.pending().length : 0),
    /** Whether a request is sent after the sign-in. */
    isWaitingForSignIn: () => waiting() === 'sign-in',
    optimisticRequests,
    submit,
    begin,
    dispatch,
    settle,
    stopWaiting() {
      if (waiting() === 'place') refusal.clear();
      setWaiting(undefined);
      presses.reset();
    },
  };
}
