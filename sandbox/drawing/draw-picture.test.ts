import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawPicture, type DrawingRequest } from './draw-picture.ts';

const THUMBNAIL = 64;
const request: DrawingRequest = {
  prompt: 'A lighthouse at dusk',
  seed: 1,
  width: 320,
  height: 320,
  references: [],
  format: 'png',
};

function draw(changes: Partial<DrawingRequest>): Promise<Buffer> {
  return drawPicture({ ...request, ...changes });
}

/** The middle of a picture, small. */
async function thumbnail(picture: Uint8Array): Promise<number[]> {
  const { width, height } = await sharp(picture).metadata();
  const [left, top] = [Math.round(width * 0.08), Math.round(height * 0.08)];
  const resized = sharp(picture)
    .extract({ left, top, width: width - left * 2, height: height - top * 2 })
    .resize(THUMBNAIL, THUMBNAIL, { fit: 'fill' })
    .removeAlpha();
  return [...(await resized.raw().toBuffer())];
}

/** The mean absolute difference of two pictures seen as thumbnails, 0 to 255. */
async function difference(first: Uint8Array, second: Uint8Array): Promise<number> {
  const [one, other] = await Promise.all([thumbnail(first), thumbnail(second)]);
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
}

/** How alike the brightness of two pictures is laid out: 1 the same, 0 unrelated. */
async function correlation(first: Uint8Array, second: Uint8Array): Promise<number> {
  const [one, other] = await Promise.all(
    [first, second].map(async (picture) => {
      const values = await thumbnail(await sharp(picture).greyscale().toBuffer());
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.map((value) => value - mean);
    }),
  );
  const product = (left: number[] = [], right: number[] = []): number =>
    left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
  return product(one, other) / Math.sqrt(product(one, one) * product(other, other));
}

describe('a picture from text', () => {
  it('is the same bytes for the same request', async () => {
    expect((await draw({})).equals(await draw({}))).toBe(true);
  });

  it('is drawn alike when others are drawn at the same time', async () => {
    const alone = await draw({ prompt: 'A bowl of fruit' });
    const [together] = await Promise.all([
      draw({ prompt: 'A bowl of fruit' }),
      draw({ prompt: 'A misty forest' }),
      draw({ prompt: 'The sea at night' }),
    ]);
    expect(together.equals(alone)).toBe(true);
  });

  it('differs visibly from prompt to prompt', async () => {
    const prompts = [
      'A lighthouse at dusk',
      'A lighthouse at night',
      'Snowy mountains',
      'Desert dunes at noon',
      'A celadon vase',
      'Quarterly report',
    ];
    const pictures = await Promise.all(prompts.map((prompt) => draw({ prompt })));
    for (const [index, picture] of pictures.entries()) {
      for (const other of pictures.slice(index + 1)) {
        expect(await difference(picture, other), prompts[index]).toBeGreaterThan(8);
      }
    }
  });

  it('differs visibly from seed to seed', async () => {
    expect(await difference(await draw({ seed: 1 }), await draw({ seed: 2 }))).toBeGreaterThan(4);
  });

  it('takes the colours that the prompt names', async () => {
    const share = async (prompt: string): Promise<number> => {
      const { channels } = await sharp(await draw({ prompt })).stats();
      const [red, , blue] = channels.map(({ mean }) => mean) as [number, number, number];
      return red / (red + blue);
    };
    expect(await share('Crimson sky over the sea')).toBeGreaterThan(
      (await share('Cobalt sky over the sea')) + 0.1,
    );
  });

  it('is grey when black and white is asked for', async () => {
    const { data } = await sharp(await draw({ prompt: 'Dunes in black and white', isMarked: false }))
      .raw()
      .toBuffer({ resolveWithObject: true });
    let widest = 0;
    for (let index = 0; index < data.length; index += 3) {
      const [red = 0, green = 0, blue = 0] = data.subarray(index, index + 3);
      widest = Math.max(widest, Math.abs(red - green), Math.abs(green - blue));
    }
    expect(widest).toBeLessThanOrEqual(6);
  });
});

describe('the file', () => {
  it.each([
    [336, 336, 'png'],
    [672, 288, 'jpeg'],
    [288, 672, 'webp'],
    [333, 217, 'webp'],
    [64, 64, 'png'],
    [3, 1, 'png'],
  ] as const)('is exactly %i x %i pixels of %s', async (width, height, format) => {
    const metadata = await sharp(await draw({ width, height, format })).metadata();
    expect(metadata).toMatchObject({ width, height, format, channels: 3 });
  });

  // A layer, a tile or a window of a filter that is larger than the picture is refused by the encoder.
  it.each([
    [320, 200],
    [64, 64],
    [16, 16],
    [4, 9],
    [1, 1],
  ])('is drawn at %i x %i pixels, from text and from images', async (width, height) => {
    const reference = await draw({});
    for (const prompt of ['', 'a bowl of fruit', 'a lighthouse at night', 'mountains, black and white']) {
      for (const references of [[], [reference], [reference, reference, reference]]) {
        const metadata = await sharp(await draw({ prompt, width, height, references })).metadata();
        expect(metadata, prompt).toMatchObject({ width, height });
      }
    }
  });

  it('is exactly as large as asked beyond the size that is drawn', async () => {
    const metadata = await sharp(
      await draw({ prompt: 'Mountains', width: 2300, height: 500, format: 'jpeg' }),
    ).metadata();
    expect(metadata).toMatchObject({ width: 2300, height: 500 });
  });

  it('is smaller at a lower quality', async () => {
    const [low, high] = await Promise.all([
      draw({ format: 'jpeg', quality: 30 }),
      draw({ format: 'jpeg', quality: 95 }),
    ]);
    expect(low.length).toBeLessThan(high.length);
  });

  it.each([0, -5, 12.5, Number.NaN])('refuses a width of %s', async (width) => {
    await expect(draw({ width })).rejects.toThrow(RangeError);
  });
});

describe('any prompt', () => {
  it.each([
    ['empty', ''],
    ['emoji', '🌊🗼🌅'],
    ['markup', '<svg onload="x"> & "quotes" \0'],
    ['2,000 characters', 'a very long description of a quiet sea '.repeat(60).slice(0, 2000)],
    ['another script', '夜の海と灯台'],
    [
      'every word at once',
      'snow fog sea lighthouse mountains desert meadow vase bowl bottle cup fruit sun moon stars clouds night day',
    ],
  ])('is drawn: %s', async (_, prompt) => {
    const { channels } = await sharp(await draw({ prompt })).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(4);
  });

  it.each(['coast', 'mountains', 'river', 'forest', 'desert', 'field', 'bowl', 'bottle and vase'])(
    'is drawn wide and tall: %s',
    async (prompt) => {
      for (const [width, height] of [
        [420, 180],
        [180, 420],
      ] as const) {
        const metadata = await sharp(await draw({ prompt, width, height })).metadata();
        expect(metadata).toMatchObject({ width, height });
      }
    },
  );
});

describe('a picture from images', () => {
  let first: Buffer;
  let second: Buffer;
  beforeAll(async () => {
    first = await draw({ prompt: 'White vase on a table', seed: 3, isMarked: false });
    second = await draw({ prompt: 'Dark mountains at night', seed: 4, isMarked: false });
  });

  it.each([
    '',
    'make it night',
    'a watercolour',
    'in the desert at sunset',
    'teal and gold',
    'snow',
    'minimal',
  ])('shows the reference, changed: "%s"', async (prompt) => {
    const picture = await draw({ prompt, references: [first] });
    expect(await correlation(picture, first)).toBeGreaterThan(0.5);
    expect(await difference(picture, first)).toBeGreaterThan(8);
  });

  it('differs visibly from prompt to prompt', async () => {
    const night = await draw({ prompt: 'at night', references: [first] });
    const day = await draw({ prompt: 'on a summer day', references: [first] });
    expect(await difference(night, day)).toBeGreaterThan(12);
  });

  it('shows every reference', async () => {
    const alone = await draw({ prompt: 'combine', references: [first] });
    const both = await draw({ prompt: 'combine', references: [first, second] });
    const swapped = await draw({ prompt: 'combine', references: [second, first] });
    expect(await difference(alone, both)).toBeGreaterThan(2);
    expect(await difference(both, swapped)).toBeGreaterThan(8);
  });

  it('takes grey, transparent and rotated references', async () => {
    const grey = await sharp(first).greyscale().png().toBuffer();
    const transparent = await sharp(first).ensureAlpha(0.5).webp().toBuffer();
    const rotated = await sharp(first).resize(300, 100).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const picture = await draw({ references: [grey, transparent, rotated, first, second, grey] });
    expect(await sharp(picture).metadata()).toMatchObject({ width: 320, height: 320 });
  });

  it('fails on a reference that is not an image', async () => {
    await expect(draw({ references: [Buffer.from('not an image')] })).rejects.toThrow();
  });
});
