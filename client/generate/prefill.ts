/** What a request can start from: an example, or an earlier one. */
import type { References } from './references/references.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import type { Task } from '../api/task.ts';
import type { Draft } from './draft.ts';
import { createReplacements } from './replacements.ts';

export interface Prefill {
  /** An example or an earlier prompt, ready to be changed. */
  prompt(prompt: string): void;
  /** An earlier request, its references with it. */
  edit(task: Task): void;
  /** The same, where another model is to make it. */
  changeModel(task: Task): void;
  /** The same, but for the seed: what comes is to be another picture. */
  remix(task: Task): void;
}

export interface PrefillOptions {
  draft: Draft;
  references: References;
  toasts: Toasts;
  /** Called with the prompt of each draft that is replaced. */
  onReplaced: (prompt: string) => void;
  focus: (field: 'prompt' | 'model') => void;
}

/** Whatever it replaces can be had back. `focus` leads to what is to be changed first. Ends with its owner. */
export function createPrefill(options: PrefillOptions): Prefill {
  const { draft, references, focus } = options;
  const replace = createReplacements(options);
  const restore = (task: Task, changes: { seed?: string } = {}) =>
    replace(() => put(task, changes), { withReferences: true });
  const put = (
    { options: used, scene, prompt, model, referenceImages }: Task,
    changes: { seed?: string },
  ) => {
    draft.change({
      scene,
      prompt,
      modelId: model.id,
      count: typeof used['count'] === 'number' ? used['count'] : 1,
      aspectRatio: textOption(used['aspectRatio']),
      resolution: textOption(used['resolution']),
      outputFormat: textOption(used['outputFormat']),
      seed: typeof used['seed'] === 'number' ? String(used['seed']) : '',
      ...changes,
    });
    for (const [index, image] of referenceImages.entries())
      references.addImage(image, lazyMessages.references.numbered(index + 1));
  };

  return {
    prompt(prompt) {
      replace(() => draft.change({ prompt }), { withReferences: false });
      focus('prompt');
    },
    edit(task) {
      restore(task);
      focus('prompt');
    },
    changeModel(task) {
      restore(task);
      focus('model');
    },
    remix(task) {
      restore(task, { seed: '' });
      focus('prompt');
    },
  };
}

function textOption(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
