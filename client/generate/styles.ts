/** Words for a style at the end of a prompt. */

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
const pattern = (words: string) => new RegExp(`(^|,)\\s*${escaped(words)}\\s*(?=,|$)`, 'iu');

/** Whether they are one of the parts that the commas of the prompt separate. */
export const hasStyle = (prompt: string, words: string): boolean => pattern(words).test(prompt);

/** Appends the words, or removes exactly them. */
export function toggleStyle(prompt: string, words: string): string {
  if (hasStyle(prompt, words)) return prompt.replace(pattern(words), '').replace(/^\s*,\s*/, '');
  const start = prompt.trimEnd().replace(/,$/, '');
  return start === '' ? words : `${start}, ${words}`;
}
