/**
 * From the press of Generate to the accepted task: explains what is missing, asks for a sign-in, waits for uploads that
 * are under way, sends, and says why where the server refuses.
 */
import { type Accessor, createEffect, createMemo, createSignal, untrack } from 'solid-js';
import { requestedRatio, type Task } from '../../api/task.ts';
import { cleanPrompt, type Draft } from '../draft.ts';
import {
  acceptedOptions,
  type Affordable,
  affordable,
  chooseModel,
  type Model,
  type ModelChoice,
} from '../options/model-choice.ts';
import type { Models } from '../options/models.ts';
import type { References } from '../references/references.ts';
import { firstProblem, type Problem } from './problems.ts';
import { createRefusal } from './refusal.ts';
import { createIntention, createPresses, type Intention, type Sender } from './send.ts';
import { createId } from '../../ui/id.ts';

/** A request that was sent and has no answer yet. It takes its place in the feed at once. */
export interface OptimisticRequest {
  id: string;
  prompt: string;
  model: Model;
  count: number;
  ratio: number;
  costCredits: number | undefined;
}

/** Something that broke at the server: what to quote, and the same request once more. */
export interface ErrorReport {
  reportId: string | undefined;
  tryAgain: () => void;
}

export interface Submission {
  choice: Accessor<ModelChoice>;
  options: Accessor<ReturnType<typeof acceptedOptions> | undefined>;
  /** What is missing, once Generate was pressed; it goes as soon as it is put right. */
  problem: Accessor<Problem | undefined>;
  /** Why the server said no. */
  refusal: Accessor<string | undefined>;
  /** What the server broke over, where it did; undefined where that is not why it said no. */
  errorReport: Accessor<ErrorReport | undefined>;
  /** For how many seconds the server wants no more requests; 0 where it takes them. */
  waitSeconds: Accessor<number>;
  /** What the balance is enough for, where it is too small for the request; undefined where nothing helps. */
  affordable: Accessor<Affordable | undefined>;
  isOnline: Accessor<boolean>;
  /** Uploads that a pressed Generate waits for. */
  waitingFor: Accessor<number>;
  /** Whether a pressed Generate waits for one of the running requests to end. */
  isWaitingForPlace: Accessor<boolean>;
  /** Whether a pressed Generate goes by itself once somebody is signed in. */
  isWaitingForSignIn: Accessor<boolean>;
  optimisticRequests: Accessor<readonly OptimisticRequest[]>;
  /**
   * A press of Generate: sends one request, now or once what it waits for is there. The same form within half a second
   * is the same press. Returns what keeps the request from being sent, so that focus can go there.
   */
  submit(): Problem | undefined;
  stopWaiting(): void;
  /** The same request as an earlier task, charged anew. */
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
  /** Shows the sign-in dialog; the request goes by itself once somebody is signed in. */
  onSignInNeeded: () => void;
  onSent: () => void;
  onAccepted: (task: Task) => void;
  /** Called where a request may or may not have been accepted, or the balance known here was wrong. */
  onUncertain: () => void;
  /** A clock in milliseconds, to tell presses apart. */
  now?: () => number;
}

/** What a request is waiting for before it goes by itself. */
type Waiting = 'nothing' | 'sign-in' | 'uploads' | 'place';

/** The model of the draft, and its options as far as the model takes them. */
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
    return model && acceptedOptions(model, draft.content.scene, draft.content);
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
      scene: draft.content.scene,
      prompt: draft.content.prompt,
      seed: draft.content.seed,
      references: references.items,
      model: choice().model,
      costCredits: options.cost(),
      balanceCredits: options.balance(),
      isOnline: options.isOnline(),
      waitSeconds: refusal.waitSeconds(),
    });
  const problem = createMemo(() => (isTried() ? currentProblem() : undefined));
  const isUploading = () => draft.content.scene === 'IMAGE_TO_IMAGE' && references.pending().length > 0;

  /** How many requests were running when the server said that there are too many. */
  let crowd = 0;

  const submit = () => {
    if (!presses.isNew(untrack(formState))) return undefined;
    intention = createIntention();
    const found = proceed();
    if (found) presses.reset();
    return found;
  };

  /** All that a request is made from, as text. */
  const formState = () =>
    JSON.stringify([draft.content, choice().model?.id, references.items.map(({ id }) => id)]);

  const proceed = () => {
    // A wait that the server asked for is not over because somebody presses again.
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
      (waiting() === 'place' && options.activeTasks() < crowd);
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

  /** The request goes by itself when one that runs has ended; where none is known to run, nothing would tell of it. */
  const waitForPlace = () => {
    crowd = untrack(options.activeTasks);
    if (crowd > 0) setWaiting('place');
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
    affordable: createMemo(() =>
      affordable({
        models: options.models.of(draft.content.scene),
        chosen: choice().model,
        count: accepted()?.count ?? 1,
        referenceCount: draft.content.scene === 'IMAGE_TO_IMAGE' ? references.items.length : 0,
        balanceCredits: options.balance(),
      }),
    ),
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
