/** The language of the page: the user's choice, else the browser's, else English. */
import { createSignal } from 'solid-js';

/** Each language by its own name. */
export const languages = { en: 'English', de: 'Deutsch' } as const;

export type Language = keyof typeof languages;

export type LanguageChoice = ReturnType<typeof createLanguage>;

const storageKey = 'proofsheet.language';

/** English is part of the first script; other languages are loaded on demand. */
async function loadTables(language: Language): Promise<Tables> {
  return language === 'de' ? (await import('./messages-german.ts')).german : {};
}

export function createLanguage(options: {
  document: Document;
  storage: Storage | undefined;
  /** The preferred languages, best first, as in `navigator.languages`. */
  wanted: readonly string[];
  load?: typeof loadTables;
}) {
  const { document, storage, wanted, load = loadTables } = options;
  const [current, setCurrent] = createSignal<Language>('en');

  const show = async (language: Language): Promise<boolean> => {
    const tables = await load(language).catch(() => undefined);
    if (!tables) return false;
    showTables(tables);
    setCurrent(language);
    document.documentElement.lang = language;
    return true;
  };

  return {
    current,
    /** Saves the choice and shows every text in it. Resolves to false if its messages did not load. */
    async choose(language: Language): Promise<boolean> {
      if (!(await show(language))) return false;
      try {
        storage?.setItem(storageKey, language);
      } catch {
        // Kept for this page only.
      }
      return true;
    },
    /** Resolves when the messages of the first language are loaded, or have failed to. */
    ready: show(firstLanguage(storage, wanted)),
  };
}

function firstLanguage(storage: Storage | undefined, wanted: readonly string[]): Language {
  let stored = '';
  try {
    stored = storage?.getItem(storageKey) ?? '';
  } catch {
    // Without storage the browser's languages apply.
  }
  const candidates = [stored, ...wanted].map((tag) => tag.split('-')[0] as Language);
  return candidates.find((tag) => Object.hasOwn(languages, tag)) ?? 'en';
}

/** By table name. Lazy parts of the page bring tables of their own. */
type Tables = Readonly<Record<string, object>>;

const [tables, setTables] = createSignal<Tables>({});

/** Shows every text in another language; where a table is not among these, in the language it was written in. */
export function showTables(next: Tables): void {
  setTables(next);
}

/**
 * An object of the shape of `own` that reads the table shown under that name. Read in JSX or in an effect, it follows
 * a change of language; a stored text keeps its language.
 */
export function createMessages<Messages extends object>(name: string, own: Messages): Messages {
  return view(own as Table, () => (tables()[name] ?? own) as Table) as Messages;
}

type Table = Record<string, unknown>;

function view(own: Table, shown: () => Table): Table {
  const result: Table = {};
  for (const [key, text] of Object.entries(own)) {
    const get = () => shown()[key];
    if (typeof text === 'function') result[key] = (...values: unknown[]) => (get() as typeof text)(...values);
    else if (typeof text === 'object' && !Array.isArray(text))
      result[key] = view(text as Table, get as () => Table);
    else Object.defineProperty(result, key, { get, enumerable: true });
  }
  return result;
}
