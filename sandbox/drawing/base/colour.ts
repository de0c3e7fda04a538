/** Red, green and blue in sRGB, each 0 to 255, fractions allowed. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Lightness (0 to 1), chroma (about 0 to 0.35) and hue (radians) in OKLab's polar form. */
export interface Tone {
  lightness: number;
  chroma: number;
  hue: number;
}

type Lab = readonly [lightness: number, a: number, b: number];

const toLinear = (value: number): number => {
  const scaled = Math.max(0, value) / 255;
  return scaled <= 0.04045 ? scaled / 12.92 : ((scaled + 0.055) / 1.055) ** 2.4;
};
const fromLinear = (value: number): number => {
  const scaled = Math.min(1, Math.max(0, value));
  return 255 * (scaled <= 0.0031308 ? scaled * 12.92 : 1.055 * scaled ** (1 / 2.4) - 0.055);
};

// The matrices are those of Björn Ottosson's "A perceptual color space for image processing".
function toLab(colour: Colour): Lab {
  const red = toLinear(colour[0]);
  const green = toLinear(colour[1]);
  const blue = toLinear(colour[2]);
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

function fromLab([lightness, a, b]: Lab): Colour {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    fromLinear(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    fromLinear(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    fromLinear(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

/** `#rrggbb` as a colour. */
export function hex(code: string): Colour {
  const value = Number.parseInt(code.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** The colour `amount` (0 to 1) of the way from one to the other, as the eye sees it. */
export function mix(from: Colour, to: Colour, amount: number): Colour {
  const first = toLab(from);
  const second = toLab(to);
  return fromLab([
    first[0] + (second[0] - first[0]) * amount,
    first[1] + (second[1] - first[1]) * amount,
    first[2] + (second[2] - first[2]) * amount,
  ]);
}

export function toneOf(colour: Colour): Tone {
  const [lightness, a, b] = toLab(colour);
  return { lightness, chroma: Math.hypot(a, b), hue: Math.atan2(b, a) };
}

export function colourOf({ lightness, chroma, hue }: Tone): Colour {
  return fromLab([lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)]);
}

/** The colour with its lightness and chroma multiplied. */
export function scaleTone(colour: Colour, lightness: number, chroma = 1): Colour {
  const tone = toneOf(colour);
  return colourOf({
    lightness: Math.min(1, tone.lightness * lightness),
    chroma: tone.chroma * chroma,
    hue: tone.hue,
  });
}

/** The colour moved towards the hue (and, for greys, the lightness) of another, keeping light and dark apart. */
export function lean(colour: Colour, towards: Colour, amount: number): Colour {
  const own = toneOf(colour);
  const other = toneOf(towards);
  const target: Tone =
    other.chroma < 0.03
      ? { lightness: own.lightness * 0.6 + other.lightness * 0.4, chroma: own.chroma * 0.25, hue: own.hue }
      : {
          lightness: own.lightness * 0.86 + other.lightness * 0.14,
          chroma: Math.max(own.chroma, Math.min(other.chroma, 0.13) * (1 - Math.abs(own.lightness - 0.55))),
          hue: other.hue,
        };
  return mix(colour, colourOf(target), amount);
}

/** As an SVG paint, for example `rgb(12 40 90 / 0.5)` written the way every SVG reader accepts. */
export function paint(colour: Colour, alpha = 1): string {
  const [red, green, blue] = colour.map((value) => Math.round(Math.min(255, Math.max(0, value))));
  return alpha >= 1 ? `rgb(${red},${green},${blue})` : `rgba(${red},${green},${blue},${alpha.toFixed(3)})`;
}

/** A table of `steps` colours through the given stops, flattened to red, green, blue. */
export function ramp(stops: readonly Colour[], steps: number): Float32Array {
  const table = new Float32Array(steps * 3);
  for (let step = 0; step < steps; step += 1) {
    const position = (step / (steps - 1)) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(position));
    table.set(mix(stops[index]!, stops[index + 1]!, position - index), step * 3);
  }
  return table;
}
