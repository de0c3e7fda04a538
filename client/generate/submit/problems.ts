/** Problems that keep a request from being sent, each with its field. The first one is shown. */
import type { Scene } from '../../api/generated/graphql.ts';
import { promptLength } from '../draft.ts';
import { invalidOption, type Model, type OptionName, type WantedOptions } from '../options/model-choice.ts';
import { optionLabels } from '../options/option-labels.ts';
import { referenceProblem } from '../references/reference-problem.ts';
import type { Reference } from '../references/references.ts';
import { messages } from '../../i18n/messages.ts';

export type ProblemField = 'prompt' | 'references' | 'model' | 'send' | OptionName;

export interface Problem {
  field: ProblemField;
  text: string;
}

export interface RequestState extends Partial<WantedOptions> {
  scene: Scene;
  prompt: string;
  references: readonly Reference[];
  model: Model | undefined;
  /** Undefined where it is not known. */
  costCredits: number | undefined;
  /** Undefined for a visitor. */
  balanceCredits: number | undefined;
  isOnline: boolean;
  /** The remaining rate limit in seconds; 0 or undefined if there is none. */
  waitSeconds?: number | undefined;
}

/** Running uploads are no problem: the request waits for them. */
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
    return {
      field,
      text: messages.models.optionInvalid(optionLabels[field], option.min!, option.max!),
    };
  }
  if (!request.isOnline) return { field: 'send', text: messages.connection.offline };
  const { costCredits, balanceCredits, waitSeconds } = request;
  if (waitSeconds) return { field: 'send', text: messages.refusal.rateLimited(waitSeconds) };
  if (costCredits !== undefined && balanceCredits !== undefined && costCredits > balanceCredits)
    return { field: 'send', text: messages.cost.notEnough(costCredits, balanceCredits) };
  return undefined;
}

function referencesProblem({ references, model }: RequestState): string | undefined {
  if (references.length === 0) return messages.references.needed;
  const broken = references.map(referenceProblem).find((text) => text !== undefined);
  if (broken) return broken;
  if (model && references.length > model.maxReferenceImages)
    return messages.references.tooManyForModel(model.label, model.maxReferenceImages);
  return undefined;
}
