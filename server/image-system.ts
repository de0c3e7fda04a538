/** Builds the storage of images, and the service that works on them. */
import { checkStorage, openStorage, pictureOrigin } from './adapters.ts';
import { type Config, ConfigError } from './config.ts';
import type { PrismaClient } from './generated/prisma/client.ts';
import { createOwnPrefix, ForeignPrefix } from './images/own-prefix.ts';
import { createPictureProcessor } from './images/pictures/picture-processor.ts';
import { createImageService } from './images/service.ts';
import type { Log } from './lib/log.ts';

interface Dependencies {
  prisma: PrismaClient;
  publicUrl: string;
  secret: string;
  log: Log;
}

/** How long the start waits for the storage before it continues without it. */
const claimWaitMs = 5_000;

export async function openImageSystem(config: Config, { prisma, publicUrl, secret, log }: Dependencies) {
  const { storage, files, downloadUrl } = openStorage(config, { publicUrl, secret });
  await checkStorage(storage, config, log);
  const stored = { prisma, storage, prefix: config.s3?.prefix };
  const ownPrefix = createOwnPrefix(stored);
  await claimPrefix(ownPrefix, log);
  const pictures = createPictureProcessor();
  const images = createImageService({
    prisma,
    storage,
    ownPrefix,
    pictures,
    downloadUrl,
    maxUploadBytes: config.maxUploadBytes,
    maxStoredBytes: config.maxStoredBytesPerUser,
    log,
  });
  return {
    images,
    storage,
    stored,
    /** Serves the addresses under `/files`. */
    files,
    /** The origins from which browsers load images. */
    origins: config.s3 ? [publicUrl, ...(await pictureOrigin(storage))] : [publicUrl],
    close: () => pictures.close(),
  };
}

/** Claims the storage prefix for this installation, or continues without it where the storage does not respond. */
async function claimPrefix(ownPrefix: () => Promise<unknown>, log: Log): Promise<void> {
  await settledWithin(claimWaitMs, ownPrefix()).catch((error: unknown) => {
    if (error instanceof ForeignPrefix) throw new ConfigError(error.message);
    log.warn({ error }, 'storage does not answer; pictures cannot be stored before it does');
  });
}

/** Settles as the work does; rejects where that takes longer. */
async function settledWithin<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
