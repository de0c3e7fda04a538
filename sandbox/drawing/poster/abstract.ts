import sharp from 'sharp';
import { colourOf, hex, mix, paint, scaleTone, toneOf, type Colour } from '../base/colour.ts';
import { at, svgDocument, type Raster, type Stage } from '../base/stage.ts';

type Colours = readonly [Colour, ...Colour[]];
type Inks = readonly [string, string, string, string, string];
const INKS: readonly [Inks, ...Inks[]] = [
  ['#f1e7d6', '#1f3a4d', '#d8572a', '#e9a93c', '#6f9a94'],
  ['#efe9e1', '#2b2d42', '#c8553d', '#f2b5a0', '#588b8b'],
  ['#f3ead7', '#16324f', '#d64545', '#f0c24b', '#86a8cf'],
  ['#e8e2d4', '#26413c', '#b5654a', '#dfae74', '#8fae8b'],
  ['#f0e4dc', '#3c2a4d', '#b8475f', '#eb9d6e', '#7c8fc0'],
];

/** Paper waves, rising discs or a quilt of quarter circles, in a few colours that go together. */
export async function paintAbstract(stage: Stage): Promise<{ raster: Raster; front: string }> {
  const { random, width, height, scene } = stage;
  const colours = chooseColours(stage);
  const composition = scene.features.has('geometric')
    ? random.pick([paintQuilt, paintDiscs])
    : random.pick([paintWaves, paintDiscs, paintWaves]);
  const bytes = await sharp(svgDocument(stage, composition(stage, colours)))
    .flatten({ background: '#000' })
    .removeAlpha()
    .raw()
    .toBuffer();
  return {
    raster: { data: new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, bytes.length), width, height },
    front: '',
  };
}

function chooseColours({ random, scene, palette }: Stage): Colours {
  const named = scene.ambient;
  if (scene.styles.has('neon'))
    return [palette.sky[0], palette.sky[2], palette.lamp, palette.sky[3], palette.sun];
  const [paper, ...rest] = random.pick(INKS).map(hex) as [Colour, ...Colour[]];
  const night = scene.time === 'night';
  const ground = night ? mix(rest[0]!, hex('#0c1020'), 0.5) : paper;
  const inks = rest.map((ink, place) => {
    const lead = named[place % Math.max(1, named.length)];
    if (lead === undefined) return ink;
    const [tone, own] = [toneOf(lead), toneOf(ink)];
    return mix(ink, colourOf({ ...tone, lightness: (tone.lightness + own.lightness) / 2 }), 0.82);
  });
  return [ground, ...inks];
}

function paintWaves(stage: Stage, colours: Colours): string {
  const { random, width, height, scale, noise } = stage;
  const [ground, deep, warm, bright, cool] = [0, 1, 2, 3, 4].map(
    (index) => colours[index % colours.length]!,
  ) as [Colour, Colour, Colour, Colour, Colour];
  const stops = random.pick([
    [bright, warm, deep],
    [cool, mix(cool, deep, 0.5), deep],
    [bright, cool, deep],
    [warm, mix(warm, deep, 0.4), deep],
  ] as const);
  const count = 9;
  const tilt = random.between(-0.22, 0.22);
  const disc = {
    x: width * random.between(0.3, 0.7),
    y: height * random.between(0.22, 0.3),
    radius: scale * random.between(0.11, 0.15),
  };
  let layers =
    `<linearGradient id="ground" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${paint(ground)}"/><stop offset="1" stop-color="${paint(mix(ground, stops[0], 0.45))}"/></linearGradient>` +
    `<rect width="${width}" height="${height}" fill="url(#ground)"/><circle cx="${at(disc.x)}" cy="${at(disc.y)}" r="${at(disc.radius)}" fill="${paint(warm)}"/>`;
  for (let layer = 0; layer < count; layer += 1) {
    const share = layer / (count - 1);
    const colour = share < 0.5 ? mix(stops[0], stops[1], share * 2) : mix(stops[1], stops[2], share * 2 - 1);
    const seed = random.next();
    const base = height * (0.36 + 0.6 * share);
    let path = `M-10 ${height + 10}`;
    for (let step = 0; step <= 64; step += 1) {
      const x = (step / 64) * (width + 20) - 10;
      const sway =
        noise.gentle(seed + (x / scale) * 0.17, seed * 3) * scale * 0.13 +
        (x - width / 2) * tilt * (1 - share);
      path += `L${at(x)} ${at(base + sway)}`;
    }
    path += `L${width + 10} ${height + 10}Z`;
    const top = base - scale * 0.12;
    layers +=
      `<linearGradient id="wave${layer}" gradientUnits="userSpaceOnUse" x1="0" y1="${at(top)}" x2="0" y2="${at(top + height * 0.34)}"><stop offset="0" stop-color="${paint(mix(colour, [255, 255, 255], 0.14))}"/><stop offset="1" stop-color="${paint(scaleTone(colour, 0.8))}"/></linearGradient>` +
      [5, 4, 3, 2, 1]
        .map(
          (step) =>
            `<path d="${path}" transform="translate(${at(-scale * 0.0014 * step)} ${at(-scale * 0.0034 * step)})" fill="${paint(deep)}" opacity="0.045"/>`,
        )
        .join('') +
      `<path d="${path}" fill="url(#wave${layer})"/>`;
  }
  return layers;
}

function paintDiscs(stage: Stage, colours: Colours): string {
  const { random, width, height, scale } = stage;
  const [ground, ...inks] = colours;
  let shapes = `<rect width="${width}" height="${height}" fill="${paint(ground)}"/>`;
  const angle = random.between(-38, 38);
  const count = 6;
  for (let disc = 0; disc < count; disc += 1) {
    const share = disc / (count - 1);
    const radius = scale * random.between(0.08, 0.27) * (disc === 0 ? 1.15 : 1);
    const x = width * (0.2 + 0.6 * share) + scale * random.between(-0.08, 0.08);
    const y =
      height * (0.5 + (share - 0.5) * random.between(-0.5, 0.5)) + scale * random.between(-0.14, 0.14);
    const colour = inks[disc % inks.length]!;
    const half = random.chance(0.45);
    const turn = angle + random.pick([0, 90, 180, 270]);
    const shape = half
      ? `<path d="M${at(x - radius)} ${at(y)}A${at(radius)} ${at(radius)} 0 0 1 ${at(x + radius)} ${at(y)}Z" transform="rotate(${turn.toFixed(1)} ${at(x)} ${at(y)})" fill="url(#disc${disc})"/>`
      : `<circle cx="${at(x)}" cy="${at(y)}" r="${at(radius)}" fill="url(#disc${disc})" transform="rotate(${turn.toFixed(1)} ${at(x)} ${at(y)})"/>`;
    shapes +=
      `<linearGradient id="disc${disc}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${paint(mix(colour, [255, 255, 255], 0.12))}"/><stop offset="1" stop-color="${paint(mix(colour, ground, 0.3))}" stop-opacity="0.55"/></linearGradient>` +
      shape;
  }
  const line = paint(mix(inks[0] ?? ground, [0, 0, 0], 0.15));
  const [cx, cy] = [width * random.between(0.35, 0.65), height * random.between(0.4, 0.6)];
  for (let ring = 0; ring < 9; ring += 1) {
    shapes += `<circle cx="${at(cx)}" cy="${at(cy)}" r="${at(scale * (0.3 + ring * 0.018))}" fill="none" stroke="${line}" stroke-width="${(scale * 0.0016).toFixed(2)}" opacity="0.5"/>`;
  }
  return shapes;
}

function paintQuilt(stage: Stage, colours: Colours): string {
  const { random, width, height } = stage;
  const columns = Math.max(2, Math.round((5 * width) / Math.min(width, height)));
  const cell = width / columns;
  const rows = Math.ceil(height / cell);
  let quilt = '';
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const back = random.pick(colours);
      const rest = colours.filter((colour) => colour !== back) as unknown as Colours;
      const front = random.pick(rest);
      const half = cell / 2;
      const shape = random.pick([
        `<path d="M0 0H${at(cell)}A${at(cell)} ${at(cell)} 0 0 1 0 ${at(cell)}Z" fill="${paint(front)}"/>`,
        `<path d="M0 0A${at(half)} ${at(half)} 0 0 0 ${at(cell)} 0Z" fill="${paint(front)}"/><path d="M0 ${at(half)}A${at(half)} ${at(half)} 0 0 0 ${at(cell)} ${at(half)}Z" fill="${paint(random.pick(rest))}"/>`,
        `<circle cx="${at(half)}" cy="${at(half)}" r="${at(half * 0.82)}" fill="${paint(front)}"/><circle cx="${at(half)}" cy="${at(half)}" r="${at(half * 0.4)}" fill="${paint(random.pick(rest))}"/>`,
        `<path d="M0 0H${at(cell)}L0 ${at(cell)}Z" fill="${paint(front)}"/>`,
        `<path d="M0 0H${at(cell)}A${at(cell)} ${at(cell)} 0 0 1 0 ${at(cell)}Z" fill="${paint(front)}"/><path d="M0 0H${at(half)}A${at(half)} ${at(half)} 0 0 1 0 ${at(half)}Z" fill="${paint(random.pick(rest))}"/>`,
      ]);
      const turn = random.pick([0, 90, 180, 270]);
      quilt +=
        `<g transform="translate(${at(column * cell)} ${at(row * cell)}) rotate(${turn} ${at(half)} ${at(half)})">` +
        `<rect x="-0.5" y="-0.5" width="${at(cell + 1)}" height="${at(cell + 1)}" fill="${paint(back)}"/>${shape}</g>`;
    }
  }
  return `${quilt}<linearGradient id="sheen" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#fff" stop-opacity="0.14"/><stop offset="1" stop-color="#120a1c" stop-opacity="0.2"/></linearGradient><rect width="${width}" height="${height}" fill="url(#sheen)"/>`;
}
