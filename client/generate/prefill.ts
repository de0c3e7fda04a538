/** Fills the form from an example or an earlier task. */
import { onCleanup, untrack } from 'solid-js';
import { askedImages, type ServerImage, type Task } from '../api/task.ts';
import { type Draft, type DraftContent, isBlank } from './draft.ts';
import { optionNames, type WantedOptions } from './options/model-choice.ts';
import type { References } from './references/references.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';

export interface PrefillOptions {
  draft: Draft;
  references: References;
  toasts: Toasts;
  /** Called with the prompt of each draft that is replaced. */
  onReplaced: (prompt: string) => void;
  focus: (field: 'prompt' | 'model') => void;
}

export type Prefill = ReturnType<typeof createPrefill>;

/** What is replaced can be restored. `focus` leads to the field to change first. Ends with its owner. */
export function createPrefill(options: PrefillOptions) {
  const { draft, references, focus } = options;
  const replace = createReplacements(options);
  /** Without the seed, which would make the same again. */
  const restore = (task: Task, field: 'prompt' | 'model', seed = '') => {
    const { id: parentId, scene, prompt, model, referenceImages } = task;
    replace(true, () => {
      draft.change({ scene, prompt, modelId: model.id, parentId, ...usedOptions(task), seed });
      for (const [index, image] of referenceImages.entries())
        references.addImage(image, lazyMessages.references.numbered(index + 1));
    });
    focus(field);
  };

  return {
    prompt(prompt: string) {
      replace(false, () => draft.change({ prompt, parentId: '' }));
      focus('prompt');
    },
    /** A prompt with a picture to start from. */
    picture(prompt: string, file: File) {
      replace(true, () => {
        draft.change({ scene: 'IMAGE_TO_IMAGE', prompt, parentId: '' });
        void references.addFiles([file], 1);
      });
      focus('prompt');
    },
    edit: (task: Task) => restore(task, 'prompt'),
    /** The same, to choose another model. */
    changeModel: (task: Task) => restore(task, 'model'),
    remix: (task: Task) => restore(task, 'prompt'),
    /** The same with its seed: what is changed then is all that differs. */
    sameSeed: (task: Task) => restore(task, 'prompt', String(task.options['seed'] ?? '')),
    /** The prompt, with one of the task's images to start from; `name` is that of the image. */
    vary(task: Task, image: ServerImage, name: string) {
      const { id: parentId, prompt, model } = task;
      replace(true, () => {
        const options = { ...usedOptions(task), seed: '', count: 1 };
        draft.change({ scene: 'IMAGE_TO_IMAGE', prompt, modelId: model.id, parentId, ...options });
        references.addImage(image, name);
      });
      focus('prompt');
    },
  };
}

/** The options of a task, as the form takes them. */
export function usedOptions(task: Task): WantedOptions {
  const texts = optionNames.map((name) => [name, String(task.options[name] ?? '')]);
  return { ...Object.fromEntries(texts), count: askedImages(task) };
}

/** A replaced draft, which can be restored while its toast is shown. */
interface Replaced {
  content: DraftContent;
  hasReferences: boolean;
  /** The form after the replacement: until it changes, there is nothing new to lose. */
  after: string;
}

/**
 * Returns a function that replaces the draft by what `put` writes, and offers an undo. `withReferences` sets the
 * references aside first, with their uploads. The undo restores the user's own draft, even after several replacements.
 */
function createReplacements({ draft, references, toasts, onReplaced }: PrefillOptions) {
  let last: Replaced | undefined;
  let dismiss = () => {};

  const state = () => JSON.stringify([draft.content, references.items.map(({ id }) => id)]);
  const end = () => {
    last = undefined;
    dismiss();
    references.dropAside();
  };
  onCleanup(end);

  const offerUndo = (replaced: Replaced) => {
    last = replaced;
    dismiss();
    dismiss = toasts.show({
      text: lazyMessages.form.replaced,
      action: {
        label: messages.app.undo,
        run() {
          draft.change(replaced.content);
          if (replaced.hasReferences) references.takeBack();
        },
      },
      onGone() {
        if (last === replaced) end();
      },
    });
  };

  return (withReferences: boolean, put: () => void) =>
    untrack(() => {
      const before = state();
      const own = last?.after === before ? last : undefined;
      if (!own) end();
      const content = own?.content ?? draft.copy();
      const isLost = own || !isBlank(content) || (withReferences && references.items.length > 0);
      if (withReferences && own?.hasReferences) references.clear();
      else if (withReferences) references.setAside();
      put();
      if (!isLost || state() === before) return;
      onReplaced(content.prompt);
      offerUndo({ content, hasReferences: withReferences || own?.hasReferences === true, after: state() });
    });
}
