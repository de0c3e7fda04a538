import { expect, it, onTestFinished } from 'vitest';
import { claimingPng } from '../../../tests/support/pictures.ts';
import { createProcessPool } from './process-pool.ts';

it('hands on a refusal of its process with the field and the figures', async () => {
  const pool = createProcessPool(1);
  onTestFinished(() => pool.close());
  await expect(pool.run('cleanUpload', claimingPng(9_000, 9_000))).rejects.toMatchObject({
    name: 'AppError',
    code: 'UPLOAD_TOO_LARGE',
    field: 'file',
    figures: { maxPixels: 40_000_000 },
  });
});
