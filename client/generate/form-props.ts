import type { Scene } from '../api/generated/graphql.ts';
import type { CreditTerms } from '../account/credit-terms.ts';
import type { Dragged } from './dropzone.ts';
import type { References } from './references/references.ts';
import type { Models } from './options/models.ts';
import type { Toasts } from '../ui/toasts.tsx';
import type { Submission } from './submission.ts';
import type { Draft } from './draft.ts';
import type { ProblemField } from './problems.ts';
import type { PromptHistory } from './prompt-history.ts';

/** Props of the form and of the bottom sheet. */
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
  /** What is dragged over the page. */
  dragged: Dragged;
  /** The notice about the last files: too many, or duplicates. */
  filesNotice: string | undefined;
  /** References that were added a second time. */
  pointedAt: ReadonlySet<string>;
  onFiles: (files: File[]) => void;
  onScene: (scene: Scene) => void;
  /** Replaces the prompt by an earlier one. */
  onReplacePrompt: (prompt: string) => void;
  /** Submits, and focuses the field that is at fault. */
  onSubmit: () => void;
  /** The control of each field, for the focus. */
  fields: Map<ProblemField, HTMLElement>;
}
