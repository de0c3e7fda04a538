/** What a request can start from: an example, or an earlier one. */
import type { References } from '../../images/references.ts';
import { words } from '../../ui/words.ts';
import type { Task } from '../task.ts';
import type { Draft } from './draft.ts';

interface Refill {
  /** An example, ready to be changed. */
  prompt(prompt: string): void;
  /** An earlier request, its references with it. */
  edit(task: Task): void;
  /** The same, where another model is to make it. */
  changeModel(task: Task): void;
  /** The same, but for the seed: what comes is to be another picture. */
  remix(task: Task): void;
}

/** `focus` leads to what is to be changed first. */
export function createRefill(options: {
  draft: Draft;
  references: References;
  focus: (field: 'prompt' | 'model') => void;
}): Refill {
  const { draft, references, focus } = options;
  const restore = ({ options: used, scene, prompt, model, referenceImages }: Task) => {
    draft.change({
      scene,
      prompt,
      modelId: model.id,
      count: typeof used['count'] === 'number' ? used['count'] : 1,
      aspectRatio: textOption(used['aspectRatio']),
      resolution: textOption(used['resolution']),
      outputFormat: textOption(used['outputFormat']),
      seed: typeof used['seed'] === 'number' ? String(used['seed']) : '',
    });
    references.clear();
    for (const [index, image] of referenceImages.entries())
      references.addImage(image, words.references.numbered(index + 1));
  };

  return {
    prompt(prompt) {
      draft.change({ prompt });
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
      restore(task);
      draft.change({ seed: '' });
      focus('prompt');
    },
  };
}

function textOption(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
