/** The draft of a request. Saved in session storage at once, so that it survives a reload and a sign-in. */
import { createEffect } from 'solid-js';
import { createStore } from 'solid-js/store';
import type { Scene } from '../api/generated/graphql.ts';
import { noOptions, type WantedOptions } from './options/model-choice.ts';
import { readStored, writeStored } from '../ui/storage.ts';

export interface DraftContent extends WantedOptions {
  scene: Scene;
  prompt: string;
  /** The model that was chosen last; it may not fit the scene. */
  modelId: string | undefined;
  /** The task that the form was filled from; empty where there is none. */
  parentId: string;
}

export type Draft = ReturnType<typeof createDraft>;

const storageKey = 'proofsheet.draft';

const empty: DraftContent = {
  scene: 'TEXT_TO_IMAGE',
  prompt: '',
  modelId: undefined,
  parentId: '',
  ...noOptions,
};

/** Whether nothing was written or chosen, apart from where to start from and the model. */
export function isBlank(content: DraftContent): boolean {
  const written = { ...content, scene: empty.scene, modelId: empty.modelId, parentId: '' };
  return JSON.stringify(written) === JSON.stringify(empty);
}

/** `storage` may be missing or full, or hold anything: the draft then lives in memory. */
export function createDraft(storage: Storage | undefined) {
  const [content, setContent] = createStore<DraftContent>({ ...empty, ...load(storage) });
  createEffect(() => writeStored(storage, storageKey, JSON.stringify(content)));
  return {
    content,
    /** Nothing is left of the task that the form was filled from where its prompt is emptied. */
    change: (changes: Partial<DraftContent>) =>
      setContent(changes.prompt === '' ? { ...changes, parentId: '' } : changes),
    /** A copy of the content, for a later `change`. The store has no field that was set to undefined. */
    copy: (): DraftContent => ({ ...empty, ...content }),
  };
}

function load(storage: Storage | undefined): Partial<DraftContent> {
  try {
    const stored: unknown = JSON.parse(readStored(storage, storageKey) ?? '{}');
    const known = Object.entries(stored as object).filter(([key, value]) => {
      if (key === 'scene') return value === 'TEXT_TO_IMAGE' || value === 'IMAGE_TO_IMAGE';
      if (key === 'count') return Number.isInteger(value);
      return key in empty && typeof value === 'string';
    });
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}

/** How long a prompt may be: counted in Unicode code points, without the space around it, as the server counts. */
export const promptLimit = 2000;

export function promptLength(text: string): number {
  return [...text.trim()].length;
}

/** The text as far as it fits, and how many characters did not. */
export function fitPrompt(text: string): { text: string; lost: number } {
  const lost = promptLength(text) - promptLimit;
  if (lost <= 0) return { text, lost: 0 };
  return { text: [...text.trimStart()].slice(0, promptLimit).join(''), lost };
}

/** What is sent: trimmed, and without halves of characters that no text may hold. */
export function cleanPrompt(text: string): string {
  return text.trim().replaceAll('\0', '').toWellFormed();
}
