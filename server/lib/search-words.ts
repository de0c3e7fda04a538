const maxWords = 16;

/**
 * The words that a search asks for, as SQL's `LIKE` takes them: in lower case and Unicode's normal form C, like the text
 * that they are looked for in (`TaskSearch.text`); `%` and `_` are letters like any other.
 */
export function searchWords(search: string): string[] {
  return search
    .replaceAll('\0', '')
    .toWellFormed()
    .normalize('NFC')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, maxWords)
    .map((word) => lowerCase(word).replace(/[\\%_]/g, '\\$&'));
}

/** Letter by letter, as the database does: JavaScript writes a final sigma differently. */
function lowerCase(word: string): string {
  return [...word].map((letter) => letter.toLowerCase()).join('');
}
