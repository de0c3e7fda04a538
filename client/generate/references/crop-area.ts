/** Arithmetic of a part of a picture, in pixels of the picture. */
import type { PictureSize } from './check-file.ts';

export interface Area extends PictureSize {
  x: number;
  y: number;
}

/** A corner of an area: 0 is the left or upper side, 1 the other one. */
export interface Corner {
  x: 0 | 1;
  y: 0 | 1;
}

/** A smaller part would show nothing that a model can use. */
export const smallestSide = 64;

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

export const wholeArea = ({ width, height }: PictureSize): Area => ({ x: 0, y: 0, width, height });

/** Moved, and kept within the picture. */
export function moveArea(area: Area, dx: number, dy: number, picture: PictureSize): Area {
  return {
    ...area,
    x: clamp(area.x + dx, 0, picture.width - area.width),
    y: clamp(area.y + dy, 0, picture.height - area.height),
  };
}

/** A corner is moved and the opposite one stays. `ratio` is width divided by height; undefined where both are free. */
export function resizeArea(
  area: Area,
  corner: Corner,
  by: { dx: number; dy: number },
  picture: PictureSize,
  ratio?: number,
): Area {
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  const room = {
    width: corner.x ? picture.width - area.x : right,
    height: corner.y ? picture.height - area.y : bottom,
  };
  const least = (side: number) => Math.min(smallestSide, side);
  let width = clamp(area.width + (corner.x ? by.dx : -by.dx), least(room.width), room.width);
  let height = clamp(area.height + (corner.y ? by.dy : -by.dy), least(room.height), room.height);
  if (ratio) {
    width = Math.min(width, room.height * ratio);
    height = width / ratio;
  }
  return { x: corner.x ? area.x : right - width, y: corner.y ? area.y : bottom - height, width, height };
}

/** The greatest area of that shape around the middle of this one; this one where any shape will do. */
export function shapeArea(area: Area, ratio: number | undefined, picture: PictureSize): Area {
  if (!ratio) return area;
  const width = Math.min(picture.width, picture.height * ratio);
  const height = width / ratio;
  const [middleX, middleY] = [area.x + area.width / 2, area.y + area.height / 2];
  return moveArea({ x: 0, y: 0, width, height }, middleX - width / 2, middleY - height / 2, picture);
}

/** In whole pixels. */
export function roundArea({ x, y, width, height }: Area): Area {
  return {
    x: Math.round(x),
    y: Math.round(y),
    width: Math.max(1, Math.round(width)),
    height: Math.max(1, Math.round(height)),
  };
}
