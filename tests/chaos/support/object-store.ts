/** The S3-compatible store of a cluster. */
import { type S3Server, startS3Server } from '../../support/storage/s3-server.ts';

export interface ObjectStore extends Pick<S3Server, 'port' | 'keys' | 'close'> {
  /** The variables of a node that reaches the store at that port. */
  env(port: number): Record<string, string>;
}

export async function startObjectStore(): Promise<ObjectStore> {
  const server = await startS3Server();
  const { bucket, region, accessKeyId, secretAccessKey } = server.access;
  return {
    ...server,
    env: (port) => ({
      S3_BUCKET: bucket,
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_REGION: region,
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    }),
  };
}
