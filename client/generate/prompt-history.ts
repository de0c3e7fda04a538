/** Earlier prompts to step through; the text being written is never lost. */
import { type Accessor, createMemo, createSignal, untrack } from 'solid-js';

const keptPrompts = 20;

export type PromptHistory = ReturnType<typeof createPromptHistory>;

/** `sent` are the prompts of earlier requests, newest first. */
export function createPromptHistory(sent: Accessor<readonly string[]>) {
  /** Newest first, each with the newest sent prompt of its time. */
  const [kept, setKept] = createSignal<readonly { text: string; before: string | undefined }[]>([]);
  const prompts = createMemo((): readonly string[] => {
    const all = [...sent()];
    for (const { text, before } of kept())
      all.splice(before === undefined ? all.length : Math.max(0, all.indexOf(before)), 0, text);
    return [...new Set(all.map((prompt) => prompt.trim()))].filter(Boolean);
  });
  const [shown, setShown] = createSignal<string>();
  let own = '';

  /** A changed text is the user's own, and so is one that never came from the history. */
  const placeOf = (current: string) => (shown() === current ? prompts().indexOf(current) : -1);
  const show = (place: number): string | undefined => {
    const text = prompts()[place];
    if (text !== undefined) setShown(text);
    return text;
  };

  /** Makes a text an earlier prompt that was never sent. */
  const keep = (text: string) => {
    if (text.trim() === '') return;
    setKept((texts) => [{ text, before: untrack(sent)[0] }, ...texts].slice(0, keptPrompts));
  };

  return {
    /** Newest first, each once. */
    prompts,
    keep,
    /** `current` is about to be changed by hand: what was being written before it is kept. */
    leave(current: string) {
      if (placeOf(current) !== -1) keep(own);
    },
    /** The position of a text, from 1; 0 for the user's own text. */
    place: (current: string) => placeOf(current) + 1,
    /** The text to show after `current`, one step back in time; undefined at the oldest. */
    older(current: string) {
      const place = placeOf(current);
      if (place !== -1) return show(place + 1);
      own = current;
      // Showing the same text would look as if nothing happened.
      return show(prompts()[0] === current.trim() ? 1 : 0);
    },
    /** One step forward; after the newest comes the user's own text. Undefined if that is shown. */
    newer(current: string) {
      const place = placeOf(current);
      if (place === -1) return undefined;
      const isOwnNext = place === 0 || (place === 1 && prompts()[0] === own.trim());
      if (!isOwnNext) return show(place - 1);
      setShown(undefined);
      return own;
    },
  };
}
