/** Red, green and blue in sRGB, each 0 to 255, fractions allowed. */
export type Colour = readonly [red: number, green: number, blue: number];

export const WHITE: Colour = [255, 255, 255];
export const BLACK: Colour = [0, 0, 0];

/** `#rrggbb` as a colour. */
export function hex(code: string): Colour {
  const value = Number.parseInt(code.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** Colours written one after the other, with spaces between. */
export function hexes(codes: string): [Colour, ...Colour[]] {
  return codes.split(' ').map(hex) as [Colour, ...Colour[]];
}

/** The colour `amount` (0 to 1) of the way from one to the other. */
export function mix(from: Colour, to: Colour, amount: number): Colour {
  const between = (channel: 0 | 1 | 2): number => from[channel] + (to[channel] - from[channel]) * amount;
  return [between(0), between(1), between(2)];
}

/** What is seen of a surface of one colour in light of the other. */
export function multiply(surface: Colour, light: Colour): Colour {
  return [(surface[0] * light[0]) / 255, (surface[1] * light[1]) / 255, (surface[2] * light[2]) / 255];
}

/** 0 for black to 1 for white. */
export function brightness([red, green, blue]: Colour): number {
  return (red * 0.299 + green * 0.587 + blue * 0.114) / 255;
}

/** The colour moved towards the hue of another, about as bright as it was. */
export function lean(colour: Colour, towards: Colour, amount: number): Colour {
  const [own, other] = [brightness(colour), brightness(towards)];
  const target =
    own > other ? mix(towards, WHITE, (own - other) / (1 - other)) : mix(BLACK, towards, own / other);
  return mix(colour, target, amount);
}

/** As an SVG paint. */
export function paint(colour: Colour): string {
  return `rgb(${colour.map((value) => Math.round(Math.min(255, Math.max(0, value)))).join(',')})`;
}

/** 256 colours through the given stops. */
export function ramp(stops: readonly Colour[]): Colour[] {
  return Array.from({ length: 256 }, (_, step) => {
    const position = (step / 255) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(position));
    return mix(stops[index]!, stops[index + 1]!, position - index);
  });
}

/** The colour of a pixel. */
export function colourAt(data: Uint8ClampedArray, pixel: number): Colour {
  return [data[pixel * 3]!, data[pixel * 3 + 1]!, data[pixel * 3 + 2]!];
}
