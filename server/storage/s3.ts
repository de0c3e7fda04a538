import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Readable } from 'node:stream';
import { assertKey, type ImageStorage, ObjectNotFound, type StoredObject } from './storage.ts';
import { minimumValiditySeconds, urlWindow } from './url-window.ts';

interface S3StorageOptions {
  bucket: string;
  region: string;
  /** The address of a compatible store; without one, AWS. */
  endpoint?: string | undefined;
  /** With its secret; without them the SDK uses its default sources (environment, profile, role). */
  accessKeyId?: string | undefined;
  secretAccessKey?: string | undefined;
  /** How long one call may take with all its attempts; default 30 s. */
  timeoutMs?: number;
  /** Milliseconds since the epoch. */
  clock?: () => number;
}

const connectionTimeoutMs = 3_000;
const idleTimeoutMs = 5_000;
/** A slow reader leaves the connection to the store idle, for as long as its own connection may be. */
const slowReaderMs = 60_000;
const checkKey = 'check/readiness';

/**
 * Pictures as objects in a bucket of any S3-compatible store, which replaces objects atomically. Addresses are presigned
 * and carry the rights of the credentials: with a role's temporary ones they end when those do.
 * The credentials need GetObject, PutObject and DeleteObject, and ListBucket to distinguish a missing object from a
 * forbidden one (GetObject in the API reference of Amazon S3).
 */
export function createS3Storage(options: S3StorageOptions): ImageStorage {
  const { bucket, timeoutMs = 30_000, clock = Date.now } = options;
  const client = new S3Client(toClientConfig(options, idleTimeoutMs));
  const streaming = new S3Client(toClientConfig(options, slowReaderMs));
  const withinTime = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });

  const storage: ImageStorage = {
    async put(key, bytes, { contentType }) {
      assertKey(key);
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: bytes,
        ContentType: contentType,
      });
      await client.send(command, withinTime());
    },

    async get(key) {
      assertKey(key);
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const { Body } = await client.send(command, withinTime()).catch(throwNotFound(key));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },

    async delete(key) {
      assertKey(key);
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), withinTime());
    },

    list: (folder) => listObjects(client, { bucket, folder }),

    async url(key) {
      assertKey(key);
      const { startsAtSeconds, expiresAtSeconds } = urlWindow(clock());
      const ResponseCacheControl = `private, max-age=${minimumValiditySeconds}, immutable`;
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, ResponseCacheControl });
      return getSignedUrl(client, command, {
        signingDate: new Date(startsAtSeconds * 1000),
        expiresIn: expiresAtSeconds - startsAtSeconds,
      });
    },

    async open(key) {
      assertKey(key);
      return openObject(streaming, { bucket, key, timeoutMs });
    },

    async check() {
      await storage.put(checkKey, Buffer.from('ready'), { contentType: 'text/plain' });
      await storage.get(checkKey);
    },
  };
  return storage;
}

async function* listObjects(
  client: S3Client,
  { bucket, folder }: { bucket: string; folder: string },
): AsyncGenerator<StoredObject> {
  assertKey(folder);
  const request = { Bucket: bucket, Prefix: `${folder}/` };
  for await (const { Contents } of paginateListObjectsV2({ client }, request))
    for (const { Key, LastModified } of Contents ?? [])
      if (Key !== undefined && LastModified) yield { key: Key, storedAt: LastModified };
}

async function openObject(
  client: S3Client,
  { bucket, key, timeoutMs }: { bucket: string; key: string; timeoutMs: number },
): ReturnType<ImageStorage['open']> {
  // Limits the wait for the response; its body takes as long as the reader needs.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const response = await client.send(command, { abortSignal: late.signal }).catch(throwNotFound(key));
    return {
      byteSize: response.ContentLength ?? 0,
      etag: response.ETag ?? `"${response.ContentLength}-${response.LastModified?.getTime()}"`,
      bytes: response.Body as Readable,
    };
  } finally {
    clearTimeout(timer);
  }
}

function throwNotFound(key: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof NoSuchKey ? new ObjectNotFound(`Nothing is stored under ${key}`) : error;
  };
}

function toClientConfig(
  { endpoint, region, accessKeyId, secretAccessKey }: S3StorageOptions,
  socketTimeout: number,
): S3ClientConfig {
  return {
    region,
    // Few compatible stores are reachable at <bucket>.<host>.
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(accessKeyId && secretAccessKey && { credentials: { accessKeyId, secretAccessKey } }),
    // Many compatible stores store the newer checksum trailers as part of the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: connectionTimeoutMs, socketTimeout },
  };
}

/**
 * What is wrong with the configuration where a store refuses a call for good, and what to do; undefined for an error that
 * may pass. The names are of the list of error codes in the API reference of Amazon S3.
 */
export function describeS3Error(
  error: unknown,
  { bucket, region, endpoint }: S3StorageOptions,
): string | undefined {
  const { name } = error as Error;
  const store = `The bucket ${bucket} at ${endpoint ?? `AWS in ${region}`}`;
  switch (name) {
    case 'NoSuchBucket':
    case 'InvalidBucketName':
      return `${store} does not exist (${name}). Create it, or correct S3_BUCKET.`;
    case 'AccessDenied':
    case 'Forbidden':
    case 'AllAccessDisabled':
      return (
        `${store} refuses these credentials (${name}). They need the rights s3:GetObject, s3:PutObject, ` +
        's3:DeleteObject and s3:ListBucket.'
      );
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'UnrecognizedClientException':
      return `${store} does not accept S3_ACCESS_KEY_ID with S3_SECRET_ACCESS_KEY (${name}). Correct them.`;
    case 'CredentialsProviderError':
      return `There are no credentials for S3. Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or give this machine a role.`;
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return `${store} is in another region (${name}). Correct S3_REGION.`;
    default:
      return undefined;
  }
}
