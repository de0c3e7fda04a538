/** Why a request is not sent: the problems of the form, and the last refusal by the server. */
import { type DraftContent, promptLength } from './draft.ts';
import { invalidOption, type Model, optionLabels, type OptionName } from './options/model-choice.ts';
import { type Reference, referenceProblem } from './references/references.ts';
import { messages } from '../i18n/messages.ts';
import { type Accessor, createEffect, createMemo, createSignal, onCleanup, untrack } from 'solid-js';
import type { Refusal } from '../api/errors.ts';
import type { refusalMessage } from './refusals.tsx';

export type ProblemField = 'prompt' | 'references' | 'model' | 'send' | OptionName;

interface Problem {
  field: ProblemField;
  text: string;
}

export type RequestState = Partial<DraftContent> &
  Pick<DraftContent, 'scene' | 'prompt'> & {
    references: readonly Reference[];
    model: Model | undefined;
    /** Undefined where it is not known. */
    costCredits: number | undefined;
    /** Undefined for a visitor. */
    balanceCredits: number | undefined;
    isOnline: boolean;
    /** The remaining rate limit in seconds; 0 or undefined if there is none. */
    waitSeconds?: number | undefined;
  };

/**
 * The first problem that keeps the request from being sent, with its field. Running uploads are no problem: the
 * request waits for them.
 */
export function firstProblem(request: RequestState): Problem | undefined {
  if (promptLength(request.prompt) === 0) return { field: 'prompt', text: messages.prompt.empty };
  if (request.scene === 'IMAGE_TO_IMAGE') {
    const text = referencesProblem(request);
    if (text) return { field: 'references', text };
  }
  if (!request.model) {
    const isText = request.scene === 'TEXT_TO_IMAGE';
    return { field: 'model', text: isText ? messages.models.noneForText : messages.models.noneForImages };
  }
  const option = invalidOption(request.model, request);
  if (option) {
    const field = option.name as OptionName;
    return { field, text: messages.models.optionInvalid(optionLabels[field], option.min!, option.max!) };
  }
  if (!request.isOnline) return { field: 'send', text: messages.connection.offline };
  const { costCredits, balanceCredits, waitSeconds } = request;
  if (waitSeconds) return { field: 'send', text: messages.refusal.rateLimited(waitSeconds) };
  const shortage = shortageMessage(costCredits, balanceCredits);
  return shortage ? { field: 'send', text: shortage } : undefined;
}

/** Says that the balance is too small for the cost, if both are known and it is. */
export function shortageMessage(costCredits: number | undefined, balanceCredits: number | undefined) {
  return costCredits !== undefined && balanceCredits !== undefined && costCredits > balanceCredits
    ? messages.cost.notEnough(costCredits, balanceCredits)
    : undefined;
}

function referencesProblem({ references, model }: RequestState): string | undefined {
  if (references.length === 0) return messages.references.needed;
  const broken = references.map(referenceProblem).find((text) => text !== undefined);
  if (broken) return broken;
  if (model && references.length > model.maxReferenceImages)
    return messages.references.tooManyForModel(model.label, model.maxReferenceImages);
  return undefined;
}

/** If the messages do not load, the server is unreachable: that message is loaded. */
async function loadMessages(): Promise<typeof refusalMessage> {
  const found = await import('./refusals.tsx').catch(() => undefined);
  return found?.refusalMessage ?? (() => messages.refusal.unreachable);
}

/** The message of the last refusal; counts down a rate limit. */
export function createRefusal(options: {
  balance: Accessor<number | undefined>;
  activeTasks: Accessor<number>;
  isSignedIn: Accessor<boolean>;
  /** Whether the request is sent once a running one has ended. */
  startsAutomatically: Accessor<boolean>;
}) {
  const [last, setLast] = createSignal<{
    refusal: Refusal;
    costCredits: number | undefined;
    tryAgain: () => void;
  }>();
  const [waitSeconds, setWaitSeconds] = createSignal<number>();
  const [messageOf, setMessageOf] = createSignal<typeof refusalMessage>();
  createEffect(() => {
    if (!waitSeconds()) return;
    const timer = setTimeout(() => setWaitSeconds((left = 0) => Math.max(0, left - 1)), 1000);
    onCleanup(() => clearTimeout(timer));
  });
  const clear = () => {
    setLast(undefined);
    setWaitSeconds(undefined);
  };
  createEffect(() => {
    if (options.isSignedIn() && untrack(last)?.refusal.code === 'UNAUTHENTICATED') clear();
  });

  return {
    /** The remaining rate limit in seconds; 0 if there is none. */
    waitSeconds: () => waitSeconds() ?? 0,
    text: createMemo(() => {
      const shown = last();
      if (!shown) return undefined;
      return messageOf()?.(shown.refusal, {
        costCredits: shown.costCredits,
        balanceCredits: options.balance(),
        activeTasks: options.activeTasks(),
        startsAutomatically: options.startsAutomatically(),
        waitSeconds: waitSeconds(),
      });
    }),
    /** The internal error, if that is why the server refused: its id, and a retry. */
    errorReport: createMemo(() => {
      const shown = last();
      return shown?.refusal.code === 'INTERNAL'
        ? { reportId: shown.refusal.reportId, tryAgain: shown.tryAgain }
        : undefined;
    }),
    clear,
    show(refusal: Refusal, costCredits: number | undefined, tryAgain: () => void) {
      // An equal value would not start the countdown again.
      setWaitSeconds(undefined);
      setWaitSeconds(refusal.retryAfterSeconds);
      setLast({ refusal, costCredits, tryAgain });
      if (!untrack(messageOf)) void loadMessages().then((found) => setMessageOf(() => found));
    },
  };
}
