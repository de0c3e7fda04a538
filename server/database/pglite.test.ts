import { expect, it } from 'vitest';
import { openPglite } from './pglite.ts';

it('opens with buffers of 16 MB, also in a folder that has other settings', async () => {
  const { pglite, close } = await openPglite();
  try {
    await pglite.exec("ALTER SYSTEM SET shared_buffers = '128MB'");
    const dump = await pglite.dumpDataDir('none');
    const second = await openPglite({ snapshot: dump });
    try {
      expect((await second.pglite.query('SHOW shared_buffers')).rows).toEqual([{ shared_buffers: '16MB' }]);
    } finally {
      await second.close();
    }
  } finally {
    await close();
  }
});
