/** The names of users, which operators and mails show beside other text. */

const maxCharacters = 100;
/** Control characters, line and paragraph separators, and characters that change the direction of the text after them. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** @returns The trimmed name; undefined where it is not 1 to 100 characters (code points) that can be shown. */
export function displayName(name: unknown): string | undefined {
  const trimmed = typeof name === 'string' ? name.trim() : '';
  const isShowable = trimmed.isWellFormed() && !unsafe.test(trimmed) && visible.test(trimmed);
  return isShowable && [...trimmed].length <= maxCharacters ? trimmed : undefined;
}

/** The first of the texts that becomes a name once it is cut and its unsafe characters are left out. */
export function firstDisplayName(...texts: unknown[]): string {
  const names = texts.map((text) => displayName(typeof text === 'string' ? cleaned(text) : undefined));
  return names.find((name) => name !== undefined) ?? 'User';
}

function cleaned(text: string): string {
  const kept = [...text.toWellFormed()].filter((character) => !unsafe.test(character));
  return [...kept.join('').trim()].slice(0, maxCharacters).join('');
}
