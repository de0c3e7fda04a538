import { describe, expect, it } from 'vitest';
import { moveArea, resizeArea, roundArea, shapeArea, wholeArea } from './crop-area.ts';

const picture = { width: 1_000, height: 600 };
const area = { x: 200, y: 100, width: 300, height: 200 };

describe('a part of a picture', () => {
  it('moves within the picture', () => {
    expect(moveArea(area, 50, -30, picture)).toEqual({ ...area, x: 250, y: 70 });
    expect(moveArea(area, 5_000, 5_000, picture)).toEqual({ ...area, x: 700, y: 400 });
    expect(moveArea(area, -5_000, -5_000, picture)).toEqual({ ...area, x: 0, y: 0 });
  });

  it('is resized at a corner, and the opposite one stays', () => {
    expect(resizeArea(area, { x: 1, y: 1 }, { dx: 100, dy: 50 }, picture)).toEqual({
      ...area,
      width: 400,
      height: 250,
    });
    expect(resizeArea(area, { x: 0, y: 0 }, { dx: -100, dy: 20 }, picture)).toEqual({
      x: 100,
      y: 120,
      width: 400,
      height: 180,
    });
    expect(resizeArea(area, { x: 1, y: 1 }, { dx: 5_000, dy: -5_000 }, picture)).toEqual({
      ...area,
      width: 800,
      height: 64,
    });
  });

  it('keeps its shape where it has one', () => {
    const wide = resizeArea({ ...area, height: 150 }, { x: 1, y: 1 }, { dx: 100, dy: 0 }, picture, 2);
    expect(wide).toEqual({ x: 200, y: 100, width: 400, height: 200 });
    // No wider than the height of the picture allows.
    expect(resizeArea(wide, { x: 1, y: 0 }, { dx: 5_000, dy: 0 }, picture, 2)).toEqual({
      x: 200,
      y: 0,
      width: 600,
      height: 300,
    });
  });

  it('takes a shape, as great as the picture allows, around its middle', () => {
    expect(shapeArea(wholeArea(picture), 1, picture)).toEqual({ x: 200, y: 0, width: 600, height: 600 });
    expect(shapeArea({ ...area, x: 0 }, 1, picture)).toEqual({ x: 0, y: 0, width: 600, height: 600 });
    expect(shapeArea(area, undefined, picture)).toEqual(area);
  });

  it('ends in whole pixels', () => {
    expect(roundArea({ x: 0.4, y: 9.6, width: 10.5, height: 0.2 })).toEqual({
      x: 0,
      y: 10,
      width: 11,
      height: 1,
    });
  });
});
