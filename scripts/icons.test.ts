import sharp from 'sharp';
import { expect, it } from 'vitest';
import { iconPath, icons, makeIcon } from './icons.ts';

it.each(icons)('$name is the present favicon', async (icon) => {
  const committed = await sharp(iconPath(icon)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const made = await sharp(await (await makeIcon(icon)).toBuffer())
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(committed.info.width).toBe(icon.pixels);
  expect(made.info).toEqual(committed.info);
  // Another version of the library may round the edges otherwise.
  const differing = made.data.filter((value, index) => Math.abs(value - committed.data[index]!) > 32);
  expect(differing.length / made.data.length).toBeLessThan(0.01);
});

it('a cut icon is opaque, and its sign lies within the circle that every system keeps', async () => {
  const icon = icons.find(({ name }) => name === 'maskable-512.png')!;
  const { data, info } = await sharp(iconPath(icon))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const middle = info.width / 2;
  let farthest = 0;
  let isOpaque = true;
  for (let index = 0; index < data.length; index += 4) {
    isOpaque &&= data[index + 3] === 255;
    const isSign = data[index]! > 128;
    const place = index / 4;
    const distance = Math.hypot((place % info.width) - middle, Math.floor(place / info.width) - middle);
    if (isSign) farthest = Math.max(farthest, distance);
  }
  expect(isOpaque).toBe(true);
  expect(farthest).toBeGreaterThan(0);
  expect(farthest / info.width).toBeLessThan(0.4);
});
