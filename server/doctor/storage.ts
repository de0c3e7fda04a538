/** The storage of pictures: a bucket, or a folder. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { openUnsignedStorage } from '../adapters.ts';
import type { Config } from '../config/config.ts';
import { describeStartupError } from '../lib/startup-error.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { type Check, failed, ok, skipped } from './examination.ts';

export function storageChecks(config: Config): Check[] {
  const { s3, corsOrigins } = config;
  return [
    { name: 'pictures', run: () => (s3 ? checkBucket(config, s3.bucket) : checkFolder(config)) },
    {
      name: 'bucket CORS',
      async run() {
        if (!s3) return skipped('The server itself serves the pictures.');
        if (corsOrigins.length === 0)
          return skipped('The page needs no CORS rules, and CORS_ORIGINS names no other page.');
        return withObject(config, async (storage, key) => checkCors(await storage.url(key), config));
      },
    },
  ];
}

const checkBucket = (config: Config, bucket: string) =>
  withObject(config, async (storage, key) => {
    await storage.get(key);
    return ok(`The bucket ${bucket} can be written, read and deleted from.`);
  });

async function checkFolder(config: Config) {
  if (!existsSync(config.dataDir)) return ok('The first start makes the folder.');
  await (await openUnsignedStorage(config)).check().catch((error: unknown) => {
    throw new Error(describeStartupError(error, config) ?? (error as Error).message, { cause: error });
  });
  return ok('Files can be written and read.');
}

/**
 * Runs the work on an object of the bucket, below the configured prefix, which the credentials may be limited to. It is
 * deleted afterwards. @throws {Error} what to do where the store refuses it
 */
async function withObject<Result>(
  config: Config,
  work: (storage: ImageStorage, key: string) => Promise<Result>,
): Promise<Result> {
  const s3 = config.s3!;
  const key = `${s3.prefix ?? 'proofsheet-doctor'}/images/${randomUUID()}.png`;
  try {
    const storage = await openUnsignedStorage(config);
    await storage.put(key, Buffer.from('doctor'), { contentType: 'image/png' });
    return await work(storage, key).finally(() => storage.delete(key));
  } catch (error) {
    const { describeS3Error } = await import('../storage/s3.ts');
    const { name, message, code = name } = error as Error & { code?: string };
    const text =
      describeS3Error(error, s3) ??
      `The store at ${s3.endpoint ?? 'AWS'} cannot be used (${code}: ${message}). Check that it runs and that S3_ENDPOINT names it.`;
    throw new Error(text, { cause: error });
  }
}

async function checkCors(url: string, { corsOrigins, s3 }: Config) {
  const refused: string[] = [];
  for (const origin of corsOrigins) {
    const { headers, body } = await fetch(url, { headers: { Origin: origin } });
    await body?.cancel();
    const allowed = headers.get('access-control-allow-origin');
    if (allowed !== '*' && allowed !== origin) refused.push(origin);
  }
  if (refused.length === 0) return ok('Pages at CORS_ORIGINS may read pictures.');
  return failed(
    `Pages at ${refused.join(' and ')} (CORS_ORIGINS) cannot read the bytes behind Image.url by script. ` +
      `Add a CORS rule to the bucket ${s3!.bucket} that allows GET for these origins.`,
  );
}
