/** Film grain: a tile of noise, drawn once. Filters would do the same for every picture on every frame of the screen. */
const tileSize = 128;
/** Grains are faint: their opacity, of 255. */
const strength = 24;

let tile: string | undefined;

/** A value for `background-image`; `none` where nothing can be drawn. */
export function filmTextureUrl(): string {
  return (tile ??= drawTile());
}

function drawTile(): string {
  const canvas = document.createElement('canvas');
  canvas.width = tileSize;
  canvas.height = tileSize;
  const context = canvas.getContext('2d');
  if (!context) return 'none';
  const image = context.createImageData(tileSize, tileSize);
  for (let index = 0; index < image.data.length; index += 4) {
    image.data.fill(Math.random() < 0.5 ? 255 : 0, index, index + 3);
    image.data[index + 3] = Math.random() * strength;
  }
  context.putImageData(image, 0, 0);
  return `url("${canvas.toDataURL()}")`;
}
