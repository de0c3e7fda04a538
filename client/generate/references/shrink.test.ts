import { describe, expect, it } from 'vitest';
import { type OpenPicture, shrinkPicture } from './check-file.ts';

const big = new File(['x'], 'My cliff.v2.png', { type: 'image/png' });

/** A browser whose pictures weigh so many bytes for each pixel at full quality. */
function browser(options: { width: number; height: number; bytesPerPixel: number; writesWebp?: boolean }) {
  const drawn: { width: number; height: number; type: string }[] = [];
  let isClosed = false;
  const open: OpenPicture = async () => ({
    width: options.width,
    height: options.height,
    close: () => (isClosed = true),
    async draw({ width, height, type, quality }) {
      drawn.push({ width, height, type });
      const bytes = new Uint8Array(Math.round(width * height * options.bytesPerPixel * quality));
      return new Blob([bytes], {
        type: type === 'image/webp' && options.writesWebp === false ? 'image/png' : type,
      });
    },
  });
  return { open, drawn, isClosed: () => isClosed };
}

describe('shrinking a picture', () => {
  it('makes it fit in its own shape, as WebP, under its own name', async () => {
    const { open, drawn, isClosed } = browser({ width: 6000, height: 3000, bytesPerPixel: 0.01 });
    const small = await shrinkPicture(big, 100_000, open);
    expect([small.name, small.type]).toEqual(['My cliff.v2.webp', 'image/webp']);
    expect(drawn).toEqual([{ width: 3072, height: 1536, type: 'image/webp' }]);
    expect(isClosed()).toBe(true);
  });

  it('never enlarges one, and tries lower quality before fewer pixels', async () => {
    const { open, drawn } = browser({ width: 1000, height: 500, bytesPerPixel: 1 });
    const small = await shrinkPicture(big, 250_000, open);
    expect(small.size).toBeLessThanOrEqual(250_000);
    expect(drawn.map(({ width }) => width)).toEqual([1000, 1000, 750]);
  });

  it('writes JPEG where the browser writes no WebP', async () => {
    const { open } = browser({ width: 100, height: 100, bytesPerPixel: 1, writesWebp: false });
    expect((await shrinkPicture(big, 50_000, open)).name).toBe('My cliff.v2.jpg');
  });

  it('gives up on one that stays too big, and gives its memory back', async () => {
    const { open, isClosed } = browser({ width: 1000, height: 1000, bytesPerPixel: 1 });
    await expect(shrinkPicture(big, 10, open)).rejects.toThrow('too big');
    expect(isClosed()).toBe(true);
  });
});
