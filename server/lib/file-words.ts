/**
 * The first words of a text for a file name, at most 40 characters: its letters and digits in lower case, of any script,
 * joined by hyphens. Empty where it has none.
 */
export function fileWords(text: string): string {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const fitting = words.reduce((name, word) => {
    const longer = name ? `${name}-${word}` : word;
    return [...longer].length <= 40 ? longer : name;
  }, '');
  return fitting || [...(words[0] ?? '')].slice(0, 40).join('');
}
