import { execFile } from 'node:child_process';
import { getPriority } from 'node:os';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { createPictureProcessor } from './picture-processor.ts';
import { claimingPng, drawPicture } from '../../../tests/support/pictures.ts';

const pictures = createPictureProcessor();
afterAll(() => pictures.close());

const large = { width: 4000, height: 3000, channels: 3, background: '#468' } as const;
const drawLarge = () => sharp({ create: large }).webp().toBuffer();
const drawSmall = () => drawPicture().jpeg().toBuffer();

/** The work, and whether it has ended. */
function watch(work: Promise<unknown>) {
  const watched = { work, isEnded: false };
  const end = () => {
    watched.isEnded = true;
  };
  work.then(end, end);
  return watched;
}

describe('a picture processor', () => {
  it("does not let one user's large uploads delay another user's upload or result", async () => {
    const [upload, small] = [await drawLarge(), await drawSmall()];
    // Starts all processes.
    const users = ['a', 'b', 'c', 'd'];
    await Promise.all([
      ...users.map((userId) => pictures.cleanUpload(small, { userId })),
      ...users.map((userId) => pictures.prepareResult(small, { userId })),
    ]);
    const abort = new AbortController();
    const options = { userId: 'a', signal: abort.signal };
    const attack = Array.from({ length: 8 }, () => watch(pictures.cleanUpload(upload, options)));
    await Promise.all([
      pictures.cleanUpload(small, { userId: 'b' }),
      pictures.prepareResult(small, { userId: 'b' }),
      pictures.prepareResult(small, { userId: 'b' }),
    ]);
    // In the order of their arrival, these would have come after all eight.
    expect(attack.filter(({ isEnded }) => isEnded).length).toBeLessThanOrEqual(1);
    abort.abort();
    await Promise.allSettled(attack.map(({ work }) => work));
  });

  it('refuses uploads of a user with 16 waiting, and takes those of others and results', async () => {
    const [upload, small] = [await drawLarge(), await drawSmall()];
    const abort = new AbortController();
    const options = { userId: 'a', signal: abort.signal };
    const attack = Array.from({ length: 60 }, () => pictures.cleanUpload(upload, options));
    const settled = Promise.allSettled(attack);
    await pictures.cleanUpload(small, { userId: 'b' });
    await pictures.prepareResult(small, { userId: 'a' });
    abort.abort();
    const results = await settled;
    const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'cleaned'));
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(60 - 17);
    const refused = results.find((result) => result.status === 'rejected' && result.reason.field);
    expect(refused).toMatchObject({
      reason: { code: 'RATE_LIMITED', field: 'file', figures: { retryAfterSeconds: 10 } },
    });
  });

  it('takes an aborted upload out of the queue', async () => {
    const abort = new AbortController();
    const running = pictures.cleanUpload(await drawLarge(), { userId: 'a' });
    const waiting = watch(pictures.cleanUpload(await drawSmall(), { userId: 'a', signal: abort.signal }));
    abort.abort();
    await expect(waiting.work).rejects.toThrow('aborted');
    await running;
  });

  it('passes on the refusal of a picture with its message', async () => {
    await expect(pictures.cleanUpload(claimingPng(500, 500), { userId: 'a' })).rejects.toMatchObject({
      name: 'AppError',
      code: 'UNREADABLE_IMAGE',
      field: 'file',
      message: 'This image is damaged or incomplete. Save it again, or try another PNG, JPEG or WebP.',
    });
  });

  it('works at a lower priority than the server', async () => {
    const work = pictures.cleanUpload(await drawLarge(), { userId: 'a' });
    const { stdout } = await promisify(execFile)('ps', ['-axo', 'ppid=,ni=,args=']);
    await work;
    const children = stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([parent, , ...args]) => parent === String(process.pid) && /child-process/.test(args.join(' ')),
      );
    expect(children.length).toBeGreaterThan(0);
    for (const [, niceness] of children) expect(Number(niceness)).toBeGreaterThan(getPriority());
  });

  it('gives up the pictures under way when it closes', async () => {
    const closing = createPictureProcessor();
    const work = watch(closing.cleanUpload(await drawLarge(), { userId: 'a' }));
    const small = closing.cleanUpload(await drawSmall(), { userId: 'b' });
    await small;
    closing.close();
    await expect(work.work).rejects.toThrow('SIGKILL');
  });

  it(
    'keeps memory within bounds while 20 large uploads wait for their turn',
    { timeout: 300_000 },
    async () => {
      // In a process of its own, so that it and its children are all that is measured. To be turned, the pixels must be held
      // in memory: 72 MB of each picture here. One at a time grows by about 200 MiB, two at once by 350 and more.
      const script = `
      import { execFile } from 'node:child_process';
      import { setTimeout } from 'node:timers/promises';
      import { getPriority } from 'node:os';
import { promisify } from 'node:util';
      import sharp from 'sharp';
      import { createPictureProcessor } from ${JSON.stringify(new URL('picture-processor.ts', import.meta.url).href)};
      const create = { width: 6000, height: 4000, channels: 3, background: '#468' };
      const small = await sharp({ create: { ...create, width: 8, height: 8 } }).jpeg().toBuffer();
      const upload = await sharp({ create }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
      const pictures = createPictureProcessor();
      const residentKb = async () => (await promisify(execFile)('ps', ['-axo', 'pid=,ppid=,rss='])).stdout
        .split('\\n').map((line) => line.trim().split(/\\s+/).map(Number))
        .filter(([pid, parent]) => pid === process.pid || parent === process.pid)
        .reduce((sum, [, , rss]) => sum + rss, 0);
      // Starts the processes.
      await Promise.all(['a', 'b'].map((userId) => pictures.cleanUpload(small, { userId })));
      const before = await residentKb();
      let peak = before;
      let isDone = false;
      const uploads = Array.from({ length: 20 }, (_, user) => pictures.cleanUpload(upload, { userId: String(user) }));
      const all = Promise.all(uploads).finally(() => { isDone = true; });
      while (!isDone) { peak = Math.max(peak, await residentKb()); await setTimeout(100); }
      await all;
      pictures.close();
      console.log((peak - before) / 1024);`;
      const options = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script];
      const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: import.meta.dirname });
      expect(Number(stdout)).toBeLessThan(256);
    },
  );
});
