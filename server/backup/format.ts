/**
 * The file of a backup: a tar archive, in this order.
 *
 * | entry                    | content                                                                           |
 * | ------------------------ | --------------------------------------------------------------------------------- |
 * | `manifest.json`          | `Manifest`                                                                        |
 * | `secret`                 | that of DATA_DIR, where the installation has no AUTH_SECRET                       |
 * | `tables/<table>.ndjson`  | a row a line, each value as PostgreSQL's text of it; in the order of foreign keys |
 * | `images/…`, `thumbnails/…` | the stored objects, under the ends of their keys                                |
 * | `pictures.json`          | `Pictures`                                                                        |
 * | `SHA256SUMS`             | the SHA-256 of every entry before, as `sha256sum -c` reads it                     |
 */
import { z } from 'zod';
import { deriveSecret } from '../lib/secret.ts';

/** Raised where an older version would read the file wrongly. */
export const formatVersion = 1;

export const names = {
  manifest: 'manifest.json',
  secret: 'secret',
  pictures: 'pictures.json',
  sums: 'SHA256SUMS',
} as const;

/** Equal for equal secrets; tells nothing about them. */
export const digestOf = (secret: string) => deriveSecret(secret, 'comparison of secrets');

export const tableEntry = (table: string) => `tables/${table}.ndjson`;
/** The table of an entry; undefined where it is no table's. */
export const tableOf = (entry: string) => /^tables\/(.+)\.ndjson$/.exec(entry)?.[1];

/** The end of a picture's key, which names it below any prefix. */
export const pictureEntry = (key: string) => key.split('/').slice(-2).join('/');
export const isPictureEntry = (entry: string) => /^(images|thumbnails)\//.test(entry);

export const manifestForm = z.object({
  format: z.literal(formatVersion),
  /** The version of the program that wrote it. */
  version: z.string(),
  /** The database's own clock. */
  createdAt: z.iso.datetime({ offset: true }),
  /** Names of the applied migrations, oldest first. */
  migrations: z.array(z.string()).min(1),
  /** Rows by table, in the order of the entries. */
  tables: z.record(z.string(), z.number().int().min(0)),
  sequences: z.array(z.object({ name: z.string(), lastValue: z.string(), isCalled: z.boolean() })),
  /** Derived from the secret of the installation: equal for equal secrets. Null where the backup did not know it. */
  secretDigest: z.string().nullable(),
});
export type Manifest = z.infer<typeof manifestForm>;

export const picturesForm = z.object({
  objects: z.number().int().min(0),
  /** Ids of images that were deleted after the rows were read, whose objects are not here. */
  deleted: z.array(z.string()),
  /** Keys that rows name and the storage lacked. */
  missing: z.array(z.string()),
  /** Keys of images whose bytes were not those of the row's hash. */
  changed: z.array(z.string()),
});
export type Pictures = z.infer<typeof picturesForm>;

/** The file is no backup, is damaged or cut, or needs another version; the message says which. */
export class UnusableBackup extends Error {
  override name = 'UnusableBackup';
}
