import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { createPictures, measure, pixelsFor, pixelsLike } from './pictures.ts';

const table = { '1:1': [1024, 1024], '21:9': [1536, 640], '9:21': [640, 1536] } as const;
const never = new AbortController().signal;
const pictures = createPictures({ isPlain: false });

afterAll(() => pictures.close());

function order(changes: object = {}) {
  return {
    prompt: 'a fox',
    seed: 7,
    width: 640,
    height: 400,
    references: [],
    format: 'png' as const,
    isPlain: false,
    ...changes,
  };
}

describe('pictures', () => {
  it.each([
    ['jpg', 'jpeg'],
    ['png', 'png'],
    ['webp', 'webp'],
  ] as const)('are drawn in the size and format asked for: %s', async (format, sharpFormat) => {
    const drawn = await pictures.draw(order({ format, quality: 0 }), never);
    expect(await sharp(drawn).metadata()).toMatchObject({ format: sharpFormat, width: 640, height: 400 });
  });

  it('have their full size where only a part of it is drawn', async () => {
    const drawn = await pictures.draw(order({ width: 3024, height: 1296, format: 'jpg' }), never);
    expect(await sharp(drawn).metadata()).toMatchObject({ format: 'jpeg', width: 3024, height: 1296 });
  });

  it('are the same for the same order, and others for another seed', async () => {
    const [first, same, other] = await Promise.all(
      [order(), order(), order({ seed: 8 })].map((each) => pictures.draw(each, never)),
    );
    expect(first?.equals(same ?? Buffer.of())).toBe(true);
    expect(first?.equals(other ?? Buffer.of())).toBe(false);
  });

  it('are not begun for a request that has left the queue, and the others still get theirs', async () => {
    const left = new AbortController();
    const drawings = [never, never, left.signal, left.signal, never].map((signal) =>
      pictures.draw(order(), signal),
    );
    left.abort();
    const settled = await Promise.allSettled(drawings);
    const kinds = settled.map(({ status }) => status);
    expect(kinds).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected', 'fulfilled']);
  });

  it('are plain where that is asked for, of the same size and as distinct', async () => {
    const plain = (seed: number) => pictures.draw(order({ isPlain: true, format: 'webp', seed }), never);
    const [first, same, other] = await Promise.all([plain(7), plain(7), plain(8)]);
    expect(await sharp(first).metadata()).toMatchObject({ format: 'webp', width: 640, height: 400 });
    expect(first.equals(same)).toBe(true);
    expect(first.equals(other)).toBe(false);
  });

  it('fail where a reference is no picture, and the next one is drawn', async () => {
    await expect(pictures.draw(order({ references: [Buffer.from('fox')] }), never)).rejects.toThrow();
    expect((await pictures.draw(order(), never)).length).toBeGreaterThan(0);
  });

  it('are given up when the thread that draws them ends', async () => {
    const closing = createPictures({ isPlain: false });
    const drawing = closing.draw(order(), never);
    const given = expect(drawing).rejects.toThrow('The drawing thread has ended');
    await closing.close();
    await given;
  });
});

describe('the size of a picture', () => {
  it('is taken as it is looked at', async () => {
    const turned = await sharp({ create: { width: 30, height: 20, channels: 3, background: 'red' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await measure(turned)).toEqual({ width: 20, height: 30 });
    await expect(measure(Buffer.from('no picture'))).rejects.toThrow();
  });

  it('follows the ratio and the resolution', () => {
    expect(pixelsFor(table, '21:9', 2)).toEqual({ width: 3072, height: 1280 });
  });

  it('follows the shape of a reference at the same area, within the widest shape known', () => {
    expect(pixelsLike({ width: 400, height: 100 }, table, 1)).toEqual({ width: 1584, height: 656 });
    expect(pixelsLike({ width: 100, height: 400 }, table, 1)).toEqual({ width: 656, height: 1584 });
    const { width, height } = pixelsLike({ width: 300, height: 200 }, table, 2);
    expect(width / height).toBeCloseTo(1.5, 1);
    expect(width * height).toBeGreaterThan(0.95 * 2048 * 2048);
  });
});
