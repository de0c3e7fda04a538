/** Search by words, as every list understands it. */
import type { Prisma } from '../generated/prisma/client.ts';

/** Tasks whose prompt holds every word of the search, 16 at most; `%` and `_` are letters like any other. */
export function promptMatches(search: string): Prisma.TaskWhereInput {
  const words = search.replaceAll('\0', '').split(/\s+/).filter(Boolean).slice(0, 16);
  return {
    AND: words.map((word) => ({
      prompt: { contains: word.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' },
    })),
  };
}
