/** What a request can start from: an example, or an earlier one. */
import { onCleanup, untrack } from 'solid-js';
import type { Task } from '../api/task.ts';
import { type Draft, type DraftContent, isBlank } from './draft.ts';
import type { References } from './references/references.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';

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

/** What was written, where something else took its place in the form: it can be had back for as long as the toast shows. */
interface Replaced {
  content: DraftContent;
  hasReferences: boolean;
  /** The form as the replacement left it: until it is changed, nothing new can be lost. */
  after: string;
  dismiss: () => void;
}

/**
 * Replaces the draft by what `put` writes, and offers to undo that. `withReferences` puts the references away first, with
 * their uploads. The last own draft comes back, also after several replacements in a row.
 */
type ReplaceDraft = (put: () => void, options: { withReferences: boolean }) => void;

/** Ends with its owner. */
function createReplacements(options: {
  draft: Draft;
  references: References;
  toasts: Toasts;
  /** Called with the prompt of each draft that is replaced. */
  onReplaced: (prompt: string) => void;
}): ReplaceDraft {
  const { draft, references, toasts } = options;
  let last: Replaced | undefined;

  const state = () => JSON.stringify([draft.content, references.items.map(({ id }) => id)]);
  const end = () => {
    const ended = last;
    last = undefined;
    ended?.dismiss();
    if (ended) references.dropAside();
  };
  onCleanup(end);

  const offerUndo = (replaced: Omit<Replaced, 'after' | 'dismiss'>) => {
    const before = last;
    const offer: Replaced = { ...replaced, after: state(), dismiss: () => {} };
    last = offer;
    before?.dismiss();
    offer.dismiss = toasts.show({
      text: lazyMessages.form.replaced,
      action: {
        label: messages.app.undo,
        run() {
          if (last !== offer) return;
          draft.change(offer.content);
          if (offer.hasReferences) references.takeBack();
        },
      },
      onGone() {
        if (last === offer) end();
      },
    });
  };

  return (put, { withReferences }) =>
    untrack(() => {
      const own = last && state() === last.after ? last : undefined;
      if (!own) end();
      const content = own?.content ?? draft.copy();
      const hasReferences = (own?.hasReferences ?? false) || withReferences;
      const before = state();
      const isLost =
        !isBlank(content) || (hasReferences && (own !== undefined || references.items.length > 0));
      if (withReferences && own?.hasReferences) references.clear();
      else if (withReferences) references.setAside();
      put();
      if (!isLost || state() === before) return references.dropAside();
      options.onReplaced(content.prompt);
      offerUndo({ content, hasReferences });
    });
}
