/** How long a prompt may be: counted in Unicode code points, without the space around it, as the server counts. */
export const promptLimit = 2000;

export function promptLength(text: string): number {
  return [...text.trim()].length;
}

/** The text as far as it fits, and how many characters did not. */
export function fitPrompt(text: string): { text: string; lost: number } {
  const lost = promptLength(text) - promptLimit;
  if (lost <= 0) return { text, lost: 0 };
  return { text: [...text.trimStart()].slice(0, promptLimit).join(''), lost };
}

/** What is sent: trimmed, and without halves of characters that no text may hold. */
export function cleanPrompt(text: string): string {
  return text.trim().replaceAll('\0', '').toWellFormed();
}
