/** Light or dark: as the system has it, until somebody says otherwise. */
export interface Theme {
  toggle(): void;
}

const storageKey = 'proofsheet.theme';

/** Applies a remembered choice to the document at once. */
export function createTheme(document: Document, storage: Storage | undefined): Theme {
  const root = document.documentElement;
  try {
    const stored = storage?.getItem(storageKey);
    if (stored === 'light' || stored === 'dark') root.dataset['theme'] = stored;
  } catch {
    // Without storage the system's choice stands.
  }
  return {
    toggle() {
      const isDark = root.dataset['theme']
        ? root.dataset['theme'] === 'dark'
        : matchMedia('(prefers-color-scheme: dark)').matches;
      const theme = isDark ? 'light' : 'dark';
      root.dataset['theme'] = theme;
      try {
        storage?.setItem(storageKey, theme);
      } catch {
        // Kept for this page alone.
      }
    },
  };
}
