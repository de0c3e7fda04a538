/**
 * From the press of Generate to the accepted task: validates, asks for a sign-in, waits for uploads, sends, and
 * explains a refusal.
 */
import { type Accessor, createEffect, createMemo, createSignal, untrack } from 'solid-js';
import { requestedRatio, type Task } from '../api/task.ts';
import { cleanPrompt, type Draft } from './draft.ts';
import {
  type AcceptedOptions,
  acceptedOptions,
  chooseModel,
  type Model,
  type ModelChoice,
} from './options/model-choice.ts';
import type { Models } from './options/models.ts';
import type { References } from './references/references.ts';
import { createRefusal, firstProblem, type Problem } from './problems.ts';
import { createIntention, createPresses, type Intention, type Sender } from './send.ts';
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

/** An internal error of the server: its id, and a retry. */
export interface ErrorReport {
  reportId: string | undefined;
  tryAgain: () => void;
}

export interface Submission {
  choice: Accessor<ModelChoice>;
  options: Accessor<AcceptedOptions | undefined>;
  /** The first problem, once Generate was pressed; cleared when it is fixed. */
  problem: Accessor<Problem | undefined>;
  /** The message of the last refusal. */
  refusal: Accessor<string | undefined>;
  /** The internal error, if that is why the server refused. */
  errorReport: Accessor<ErrorReport | undefined>;
  /** The remaining rate limit in seconds; 0 if there is none. */
  waitSeconds: Accessor<number>;
  isOnline: Accessor<boolean>;
  /** How many uploads the request waits for. */
  waitingFor: Accessor<number>;
  /** Whether the request waits for a running one to end. */
  isWaitingForPlace: Accessor<boolean>;
  /** Whether a request is sent after the sign-in. */
  isWaitingForSignIn: Accessor<boolean>;
  optimisticRequests: Accessor<readonly OptimisticRequest[]>;
  /**
   * Submits the form: sends one request, now or once it has what it waits for. The same form within half a second is
   * the same press. Returns the problem that keeps it from being sent, for the focus.
   */
  submit(): Problem | undefined;
  stopWaiting(): void;
  /** Retries a task, charged again. */
  retry(task: Task): Promise<void>;
}

interface SubmissionOptions {
  draft: Draft;
  references: References;
  models: Models;
  sender: Sender;
  cost: Accessor<number | undefined>;
  balance: Accessor<number | undefined>;
  activeTasks: Accessor<number>;
  isSignedIn: Accessor<boolean>;
  isOnline: Accessor<boolean>;
  /** Opens the sign-in dialog; the request is sent after the sign-in. */
  onSignInNeeded: () => void;
  onSent: () => void;
  onAccepted: (task: Task) => void;
  /** Called if the outcome of a request is unknown, or the known balance was wrong. */
  onUncertain: () => void;
  /** A clock in milliseconds, for double presses. */
  now?: () => number;
}

/** What a request waits for. */
type Waiting = 'nothing' | 'sign-in' | 'uploads' | 'place';

/** The model of the draft, and its options as far as the model supports them. */
export function createChoice(draft: Draft, models: Models): Pick<Submission, 'choice' | 'options'> {
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
  return { choice, options };
}

export function createSubmission(
  { choice, options: accepted }: Pick<Submission, 'choice' | 'options'>,
  options: SubmissionOptions,
): Submission {
  const { draft, references } = options;
  const [isTried, setTried] = createSignal(false);
  const [waiting, setWaiting] = createSignal<Waiting>('nothing');
  const [optimisticRequests, setOptimisticRequests] = createSignal<readonly OptimisticRequest[]>([]);
  const retrying = new Set<string>();
  const presses = createPresses(options.now);
  /** Of the press that waits, or was sent last. */
  let intention = createIntention();
  const refusal = createRefusal({ ...options, startsByItself: () => waiting() === 'place' });

  const currentProblem = () =>
    firstProblem({
      ...draft.content,
      references: references.items,
      model: choice().model,
      costCredits: options.cost(),
      balanceCredits: options.balance(),
      isOnline: options.isOnline(),
      waitSeconds: refusal.waitSeconds(),
    });
  const problem = createMemo(() => (isTried() ? currentProblem() : undefined));
  const isUploading = () => draft.content.scene === 'IMAGE_TO_IMAGE' && references.pending().length > 0;

  /** How many tasks were active when the server refused with TOO_MANY_ACTIVE_TASKS. */
  let activeAtRefusal = 0;

  const submit = () => {
    if (!presses.isNew(untrack(formState))) return undefined;
    intention = createIntention();
    const found = proceed();
    if (found) presses.reset();
    return found;
  };

  /** The form as text, to compare presses. */
  const formState = () =>
    JSON.stringify([draft.content, choice().model?.id, references.items.map(({ id }) => id)]);

  const proceed = () => {
    // Another press does not end a rate limit.
    if (untrack(refusal.waitSeconds) === 0) refusal.clear();
    const found = untrack(currentProblem);
    setTried(Boolean(found));
    if (found) {
      setWaiting('nothing');
      return found;
    }
    if (!untrack(options.isSignedIn)) {
      setWaiting('sign-in');
      options.onSignInNeeded();
    } else if (untrack(isUploading)) setWaiting('uploads');
    else {
      setWaiting('nothing');
      void send(intention);
    }
    return undefined;
  };

  createEffect(() => {
    const ready =
      (waiting() === 'sign-in' && options.isSignedIn() && options.balance() !== undefined) ||
      (waiting() === 'uploads' && !isUploading()) ||
      (waiting() === 'place' && options.activeTasks() < activeAtRefusal);
    if (ready) untrack(proceed);
  });

  const send = async (pressed: Intention) => {
    const { model } = choice();
    const imageOptions = accepted();
    if (!model || !imageOptions) return;
    const { scene } = draft.content;
    const sources = scene === 'IMAGE_TO_IMAGE' ? references.items : [];
    const prompt = cleanPrompt(draft.content.prompt);
    const request: OptimisticRequest = {
      id: createId(),
      prompt,
      model,
      count: imageOptions.count,
      ratio: requestedRatio(imageOptions.aspectRatio, sources[0]?.size),
      costCredits: options.cost(),
    };
    const input = {
      model: model.id,
      prompt,
      scene,
      options: imageOptions,
      referenceImages: sources.flatMap(({ state }) => (state.kind === 'uploaded' ? [state.imageId] : [])),
    };
    await track(request, () => options.sender.generate(input, pressed));
  };

  /** Sends the request once a running one has ended; if none is known to run, nothing would trigger that. */
  const waitForPlace = () => {
    activeAtRefusal = untrack(options.activeTasks);
    if (activeAtRefusal > 0) setWaiting('place');
  };

  const track = async (request: OptimisticRequest, run: () => ReturnType<Sender['retry']>) => {
    setOptimisticRequests((requests) => [request, ...requests]);
    options.onSent();
    try {
      const result = await run();
      if ('task' in result) options.onAccepted(result.task);
      else {
        presses.reset();
        refusal.show(result.refusal, request.costCredits, () => void submit());
        if (result.refusal.code === 'TOO_MANY_ACTIVE_TASKS') waitForPlace();
        if (['NETWORK', 'INTERNAL', 'INSUFFICIENT_CREDITS'].includes(result.refusal.code))
          options.onUncertain();
      }
    } finally {
      setOptimisticRequests((requests) => requests.filter((other) => other !== request));
    }
  };

  return {
    choice,
    options: accepted,
    problem,
    refusal: refusal.text,
    errorReport: refusal.errorReport,
    waitSeconds: refusal.waitSeconds,
    isOnline: options.isOnline,
    isWaitingForPlace: () => waiting() === 'place',
    waitingFor: () => (waiting() === 'uploads' ? references.pending().length : 0),
    isWaitingForSignIn: () => waiting() === 'sign-in',
    optimisticRequests,
    submit,
    stopWaiting() {
      if (waiting() === 'place') refusal.clear();
      setWaiting('nothing');
      presses.reset();
    },
    retry,
  };

  async function retry(task: Task): Promise<void> {
    if (retrying.has(task.id) || !presses.isNew(`retry ${task.id}`)) return;
    if (untrack(refusal.waitSeconds) === 0) refusal.clear();
    if (!untrack(options.isSignedIn)) return options.onSignInNeeded();
    retrying.add(task.id);
    const result = await options.sender
      .retry(task.id, createIntention())
      .finally(() => retrying.delete(task.id));
    if ('task' in result) options.onAccepted(result.task);
    else {
      presses.reset();
      refusal.show(result.refusal, task.costCredits, () => void retry(task));
      options.onUncertain();
    }
  }
}
