/** Search by words, as every list understands it. */
import type { Prisma } from '../generated/prisma/client.ts';
import { searchWords } from '../lib/search-words.ts';

/** Tasks whose prompt contains every word of the search, whatever the case and the composition of its letters. */
export function promptMatches(search: string): Prisma.TaskWhereInput {
  return { AND: searchWords(search).map((word) => ({ search: { text: { contains: word } } })) };
}
