/** What must always hold of pictures and storage. Reads only; right on a live system too. */
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { findMissing, findOrphans } from './sweep.ts';

const mostFaults = 20;

/** Each rule with the rows that break it, 20 at most. */
export async function auditPictures(parts: { prisma: PrismaClient; storage: ImageStorage }) {
  const missing = (await findMissing(parts)).map((imageId) => ({ imageId }));
  const orphans = [];
  for await (const key of findOrphans(parts)) orphans.push({ key });
  return [
    { rule: 'Every picture is in storage, with its thumbnail', faults: missing.slice(0, mostFaults) },
    { rule: 'Every object in storage has a picture', faults: orphans.slice(0, mostFaults) },
  ];
}
