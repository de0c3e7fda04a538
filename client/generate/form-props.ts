import type { Scene } from '../api/generated/graphql.ts';
import type { CreditTerms } from '../account/credit-terms.ts';
import type { Dragged } from './references/drop-and-paste.ts';
import type { References } from './references/references.ts';
import type { Models } from './options/models.ts';
import type { Toasts } from '../ui/toasts.tsx';
import type { Submission } from './submit/submission.ts';
import type { Draft } from './draft.ts';
import type { ProblemField } from './submit/problems.ts';
import type { PromptHistory } from './prompt/prompt-history.ts';

/** What the bench, the dock and the sheet are made of. */
export interface FormProps {
  draft: Draft;
  history: PromptHistory;
  submission: Submission;
  references: References;
  models: Models;
  costCredits: number | undefined;
  balanceCredits: number | undefined;
  /** What a new account gets and where more credits are to be had; undefined where that is not known. */
  creditTerms: CreditTerms | undefined;
  isSignedIn: boolean;
  toasts: Toasts;
  /** What is being dragged over the page. */
  dragged: Dragged;
  /** What was said about the last files: too many, or there already. */
  filesNotice: string | undefined;
  /** The references that were offered a second time. */
  pointedAt: ReadonlySet<string>;
  onFiles: (files: File[]) => void;
  onScene: (scene: Scene) => void;
  /** Puts an earlier prompt in the place of what is written. */
  onReplacePrompt: (prompt: string) => void;
  /** Sends, and moves the focus to what is missing. */
  onSubmit: () => void;
  /** The control of each field, for the focus. */
  fields: Map<ProblemField, HTMLElement>;
}
