/** The theme: as the system has it, until the user chooses. */
import { createSignal } from 'solid-js';
import { readStored, writeStored } from './storage.ts';

export type ThemeName = 'system' | 'light' | 'dark';

export type Theme = ReturnType<typeof createTheme>;

const storageKey = 'proofsheet.theme';

/** Applies the stored choice to the document at once. */
export function createTheme(document: Document, storage: Storage | undefined) {
  const root = document.documentElement;
  const [choice, setChoice] = createSignal<ThemeName>('system');
  const apply = (theme: ThemeName) => {
    setChoice(theme);
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
  };
  const stored = readStored(storage, storageKey);
  if (stored === 'light' || stored === 'dark') apply(stored);

  /** Applies and stores it; `system` removes the stored choice. */
  const choose = (theme: ThemeName) => {
    apply(theme);
    writeStored(storage, storageKey, theme === 'system' ? null : theme);
  };
  return {
    choice,
    choose,
    /** Switches between light and dark. */
    toggle() {
      const isDark =
        choice() === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : choice() === 'dark';
      choose(isDark ? 'light' : 'dark');
    },
  };
}
