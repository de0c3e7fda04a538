/**
 * The words that script in a prompt what the emulators do with it: `a red fox sandbox:slow=20 sandbox:fewer`. A word
 * may carry a value after `=`; several words may stand in one prompt. docs/api/sandbox.md says what each does.
 */
export const scriptWords = [
  'slow',
  'queued',
  'blocked',
  'finish',
  'failed',
  'interrupted',
  'aborted',
  'rate-limited',
  'quota',
  'fewer',
  'lost',
  'flaky',
  'outage',
  'drop',
  'duplicate-webhook',
  'expired',
  'text-only',
  'plain',
  'drafts',
  'continued',
  'slow-body',
  'auth',
  'no-credit',
  'bad-response',
] as const;

type Word = (typeof scriptWords)[number];

export type Script = ReturnType<typeof readScript>;

const pattern = /\bsandbox:([a-z]+(?:-[a-z]+)*)(?:=(\w+(?:\.\d+)?))?/gi;

/** Reads the words of one prompt. */
export function readScript(prompt: string) {
  const known = new Set<string>(scriptWords);
  const values = new Map<string, string | undefined>();
  for (const match of prompt.matchAll(pattern)) values.set((match[1] ?? '').toLowerCase(), match[2]);
  const number = (word: Word, fallback: number): number => {
    const value = Number(values.get(word));
    return Number.isFinite(value) ? value : fallback;
  };
  return {
    has: (word: Word) => values.has(word),
    /** The word's value where it is a number of 0 or more, else `fallback`. */
    number,
    /** Milliseconds, where the word's value is seconds: `fallbackMs` without a value, `usualMs` without the word. */
    durationMs: (word: Word, fallbackMs: number, usualMs: number) =>
      values.has(word) ? number(word, fallbackMs / 1000) * 1000 : usualMs,
    /** The word's value. */
    text: (word: Word) => values.get(word),
    /** Words after `sandbox:` that are none of the list, misspelt ones above all. */
    unknown: [...values.keys()].filter((word) => !known.has(word)),
  };
}
