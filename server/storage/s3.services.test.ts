import { describe, expect, it } from 'vitest';
import { describeStorage } from '../../tests/support/conformance/storage.ts';
import { createS3Storage } from './s3.ts';
import { startSwift } from '../../tests/support/storage/swift.ts';

describeStorage('the S3 storage on OpenStack Swift', async ({ clock }) => {
  const { access, close } = await startSwift();
  return { storage: createS3Storage({ ...access, clock }), close };
});

describe('OpenStack Swift', () => {
  it('refuses a wrong signature and a missing bucket by name', async () => {
    const { access, close } = await startSwift();
    const failure = (changes: object) =>
      createS3Storage({ ...access, ...changes })
        .check()
        .catch((error: unknown) => error);
    const failures = [
      await failure({ secretAccessKey: 'wrong' }),
      await failure({ bucket: 'no-such-bucket' }),
    ];
    await close();
    expect(failures).toMatchObject([{ name: 'SignatureDoesNotMatch' }, { name: 'NoSuchBucket' }]);
  });
});
