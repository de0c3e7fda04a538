import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sandboxMark } from './mark.ts';

describe('the mark', () => {
  it('draws seven letters and an arrow in amber, apart from each other', async () => {
    const mark = sandboxMark({ width: 2048, height: 2048 });
    const { data, info } = await sharp({
      create: { width: 2048, height: 2048, channels: 3, background: '#fff' },
    })
      .composite(mark === undefined ? [] : [mark])
      .raw()
      .toBuffer({ resolveWithObject: true });
    const isAmber = (column: number, row: number): boolean => {
      const index = (row * info.width + column) * info.channels;
      return data[index]! > 200 && data[index + 1]! > 150 && data[index + 2]! < 120;
    };
    const rows = Array.from({ length: info.height }, (_, row) => row);
    const columns = Array.from({ length: info.width }, (_, column) =>
      rows.some((row) => isAmber(column, row)),
    );
    const shapes = columns.filter((isFilled, column) => isFilled && !columns[column - 1]);
    expect(shapes).toHaveLength(8);
  });

  it.each([
    [1344, 576],
    [576, 1344],
    [96, 96],
    [64, 400],
  ])('stays inside a picture of %i x %i', (width, height) => {
    const mark = sandboxMark({ width, height });
    expect(mark).toBeDefined();
    const [, stripWidth, stripHeight] = /width="(\d+)" height="(\d+)"/.exec(String(mark?.input)) ?? [];
    expect((mark?.left ?? 0) + Number(stripWidth)).toBeLessThanOrEqual(width);
    expect((mark?.top ?? 0) + Number(stripHeight)).toBeLessThanOrEqual(height);
  });
});
