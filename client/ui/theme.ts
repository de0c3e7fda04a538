/** The theme: as the system has it, until the user chooses. */
import { type Accessor, createSignal } from 'solid-js';

export type ThemeName = 'system' | 'light' | 'dark';

export interface Theme {
  choice: Accessor<ThemeName>;
  /** Applies and stores it; `system` removes the stored choice. */
  choose(theme: ThemeName): void;
  /** Switches between light and dark. */
  toggle(): void;
}

const storageKey = 'proofsheet.theme';

/** Applies the stored choice to the document at once. */
export function createTheme(document: Document, storage: Storage | undefined): Theme {
  const root = document.documentElement;
  const [choice, setChoice] = createSignal<ThemeName>('system');
  const apply = (theme: ThemeName) => {
    setChoice(theme);
    if (theme === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
  };
  try {
    const stored = storage?.getItem(storageKey);
    if (stored === 'light' || stored === 'dark') apply(stored);
  } catch {
    // Without storage the system's theme applies.
  }

  const choose = (theme: ThemeName) => {
    apply(theme);
    try {
      if (theme === 'system') storage?.removeItem(storageKey);
      else storage?.setItem(storageKey, theme);
    } catch {
      // The choice then lasts for this page.
    }
  };
  return {
    choice,
    choose,
    toggle() {
      const isDark =
        choice() === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : choice() === 'dark';
      choose(isDark ? 'light' : 'dark');
    },
  };
}
