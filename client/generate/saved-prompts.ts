import { createSignal, onCleanup } from 'solid-js';
import { readStored } from '../ui/storage.ts';

/** A longer list would not be read; the server keeps the prompts of requests anyway. */
const mostSaved = 50;

/** The prompts that a user saved in this browser, newest first, in step with its other tabs. Ends with its owner. */
export function createSavedPrompts(storage: Storage | undefined, userId: string) {
  const key = `proofsheet.prompts.${userId}`;
  const read = () => parse(readStored(storage, key));
  const [prompts, setPrompts] = createSignal(read());
  const onStorage = (event: StorageEvent) => {
    if (event.key === key || event.key === null) setPrompts(read());
  };
  window.addEventListener('storage', onStorage);
  onCleanup(() => window.removeEventListener('storage', onStorage));

  /** Whether the browser has stored it. */
  const write = (next: readonly string[]): boolean => {
    try {
      storage?.setItem(key, JSON.stringify(next));
    } catch {
      return false;
    }
    setPrompts(next);
    return storage !== undefined;
  };
  return {
    prompts,
    isFull: () => prompts().length >= mostSaved,
    /** Returns whether it is stored. */
    save: (prompt: string) => write([prompt.trim(), ...read().filter((other) => other !== prompt.trim())]),
    /** Returns how to take that back. */
    remove(prompt: string): () => void {
      const before = read();
      write(before.filter((other) => other !== prompt));
      return () => void write(before);
    },
  };
}

/** Nothing where the text is not a list of texts. */
function parse(text: string | null): readonly string[] {
  try {
    const list = JSON.parse(text ?? '[]') as unknown;
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  } catch {
    return [];
  }
}
