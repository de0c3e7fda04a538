import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { edgePrint } from './edge-print.ts';

/** How many pixels of a white picture the mark makes amber. */
async function amberPixels(text: string, width = 512, height = 512): Promise<number> {
  const mark = edgePrint(text, width, height);
  const data = await sharp({ create: { width, height, channels: 3, background: '#fff' } })
    .composite(mark === undefined ? [] : [mark])
    .raw()
    .toBuffer();
  let count = 0;
  for (let index = 0; index < data.length; index += 3) {
    if (data[index]! > 200 && data[index + 1]! > 150 && data[index + 2]! < 120) count += 1;
  }
  return count;
}

describe('the edge print', () => {
  it('draws every letter and digit', async () => {
    const blank = await amberPixels('~');
    for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789') {
      expect(await amberPixels(character), character).toBeGreaterThan(blank);
    }
  });

  it('does not tell capital letters from small ones', async () => {
    expect(edgePrint('sandbox', 512, 512)).toEqual(edgePrint('SANDBOX', 512, 512));
  });

  it('leaves the picture alone when there is nothing to print', async () => {
    expect(edgePrint('  ', 512, 512)).toBeUndefined();
    expect(await amberPixels('')).toBe(0);
  });

  it.each([
    [1344, 576],
    [576, 1344],
    [96, 96],
    [64, 400],
  ])('stays inside a picture of %i x %i', (width, height) => {
    for (const text of ['SANDBOX', 'A VERY LONG TEXT THAT WOULD NOT FIT IN ITS USUAL SIZE']) {
      const mark = edgePrint(text, width, height);
      expect(mark).toBeDefined();
      const [, stripWidth, stripHeight] = /width="(\d+)" height="(\d+)"/.exec(String(mark?.input)) ?? [];
      expect((mark?.left ?? 0) + Number(stripWidth)).toBeLessThanOrEqual(width);
      expect((mark?.top ?? 0) + Number(stripHeight)).toBeLessThanOrEqual(height);
    }
  });

  it('keeps markup out of the drawing', () => {
    expect(String(edgePrint('<script>&', 512, 512)?.input)).not.toContain('<script');
  });
});
