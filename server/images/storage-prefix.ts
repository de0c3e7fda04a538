/** The part of the storage that belongs to this installation: the keys below one prefix, claimed by a marker object. */
import { v4 as uuid } from 'uuid';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { StartupError } from '../lib/startup-error.ts';
import type { ImageStorage, StoredObject } from '../storage/storage.ts';

/** Another installation's marker lies below the prefix. */
export class PrefixTaken extends StartupError {
  override name = 'PrefixTaken';
}

/** The storage, and the prefix as configured; by default the prefix is made from the installation's id. */
export interface InstallationStorage {
  prisma: PrismaClient;
  storage: ImageStorage;
  prefix?: string | undefined;
}

/** The prefix and marker of this installation; null before its first start. */
export async function findPrefix({ prisma, prefix }: Omit<InstallationStorage, 'storage'>) {
  const row = await prisma.installation.findUnique({ where: { row: 1 } });
  if (!row) return null;
  return ownPrefixOf(row.id, prefix);
}

interface OwnPrefix {
  prefix: string;
  markerKey: string;
}

/** @param configured Absent: the prefix is made from the installation's id. */
export function ownPrefixOf(installationId: string, configured: string | undefined): OwnPrefix {
  const prefix = configured ?? `proofsheet-${installationId}`;
  return { prefix, markerKey: `${prefix}/installation/${installationId}` };
}

/**
 * Claims a prefix for an installation that has stored nothing yet: at most its marker is there, from its first start.
 * @returns removes what was stored below it since
 * @throws {PrefixTaken} where there are other objects below it
 */
export async function claimNewPrefix(storage: ImageStorage, own: OwnPrefix): Promise<() => Promise<void>> {
  const { own: marker, foreign: others } = await readMarkers(storage, own);
  if (others.length > 0) throw foreign(own.prefix, others);
  for await (const { key } of storage.list(own.prefix))
    if (key !== own.markerKey)
      throw new PrefixTaken(
        `The storage is not empty: there is ${key}. Set S3_PREFIX to a new one, or delete the objects below ${own.prefix}/ ` +
          'if their installation no longer exists.',
      );
  await claimFor(storage, own);
  return async () => {
    for await (const { key } of storage.list(own.prefix)) if (key !== marker?.key) await storage.delete(key);
  };
}

/**
 * A function that resolves with the prefix of this installation's keys, without a slash at the end, once the marker
 * object is in place. Nothing may be stored under the prefix before. Rejections are not cached.
 * Its promise rejects with {PrefixTaken} where the prefix belongs to another installation.
 */
export function claimPrefix(stored: InstallationStorage): () => Promise<string> {
  let claimed: Promise<string> | undefined;
  return () =>
    (claimed ??= claim(stored).catch((error: unknown) => {
      claimed = undefined;
      throw error;
    }));
}

async function claim({ prisma, storage, prefix }: InstallationStorage): Promise<string> {
  await prisma.installation.createMany({ data: { id: uuid() }, skipDuplicates: true });
  const own = await findPrefix({ prisma, prefix });
  if (!own) throw new Error('The installation has no row');
  await claimFor(storage, own);
  return own.prefix;
}

const setAnother = 'Set S3_PREFIX to another one';

/**
 * Claims the prefix for the installation that its marker names.
 * @param cure What to do where it belongs to another one.
 * @throws {PrefixTaken} where it belongs to another one
 */
export async function claimFor(storage: ImageStorage, own: OwnPrefix, cure = setAnother): Promise<void> {
  const before = await readMarkers(storage, own);
  if (before.foreign.length > 0) throw foreign(own.prefix, before.foreign, cure);
  if (before.own) return;
  await putMarker(storage, own.markerKey);
  // Of two installations that claim a prefix concurrently, at least one sees the other's marker.
  const after = await readMarkers(storage, own);
  if (after.foreign.length === 0) return;
  await storage.delete(own.markerKey);
  throw foreign(own.prefix, after.foreign, cure);
}

/** The markers below the prefix: this installation's, where it is there, and the keys of others. */
export async function readMarkers(
  storage: ImageStorage,
  { prefix, markerKey }: OwnPrefix,
): Promise<{ own: StoredObject | undefined; foreign: string[] }> {
  const markers = [];
  for await (const object of storage.list(`${prefix}/installation`)) markers.push(object);
  return {
    own: markers.find(({ key }) => key === markerKey),
    foreign: markers.map(({ key }) => key).filter((key) => key !== markerKey),
  };
}

/** Stores the marker, new or again. */
export async function putMarker(storage: ImageStorage, markerKey: string): Promise<void> {
  const text =
    'The objects beside this folder belong to one installation of Proofsheet, named by this key.\n';
  await storage.put(markerKey, Buffer.from(text), { contentType: 'text/plain' });
}

function foreign(prefix: string, markers: string[], cure = setAnother): PrefixTaken {
  return new PrefixTaken(
    `The storage prefix ${prefix} belongs to another installation (${markers.join(', ')}). ` +
      `${cure}, or delete that object if its installation no longer exists.`,
  );
}
