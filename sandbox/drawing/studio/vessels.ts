import { smoothstep } from '../base/stage.ts';

/** Half the width of a turned body at a share of its height (0 foot, 1 top), in heights of the body. */
export type Profile = (share: number) => number;

/** A smooth profile through points of (share of the height, half width), the shares rising from 0 to 1. */
export function profileThrough(points: readonly (readonly [share: number, half: number])[]): Profile {
  return (share) => {
    let index = 0;
    while (index < points.length - 2 && share > points[index + 1]![0]) index += 1;
    const [before, start, end, after] = [-1, 0, 1, 2].map(
      (offset) => points[Math.min(points.length - 1, Math.max(0, index + offset))]!,
    ) as [
      readonly [number, number],
      readonly [number, number],
      readonly [number, number],
      readonly [number, number],
    ];
    const span = end[0] - start[0] || 1;
    const t = Math.min(1, Math.max(0, (share - start[0]) / span));
    const enter = ((end[1] - before[1]) / (end[0] - before[0] || 1)) * span;
    const leave = ((after[1] - start[1]) / (after[0] - start[0] || 1)) * span;
    const square = t * t;
    const cube = square * t;
    return (
      (2 * cube - 3 * square + 1) * start[1] +
      (cube - 2 * square + t) * enter +
      (-2 * cube + 3 * square) * end[1] +
      (cube - square) * leave
    );
  };
}

export const VASES: readonly [Profile, ...Profile[]] = [
  profileThrough([
    [0, 0.15],
    [0.06, 0.16],
    [0.42, 0.31],
    [0.7, 0.22],
    [0.86, 0.1],
    [0.95, 0.1],
    [1, 0.135],
  ]),
  profileThrough([
    [0, 0.13],
    [0.3, 0.22],
    [0.68, 0.33],
    [0.86, 0.24],
    [0.94, 0.13],
    [1, 0.15],
  ]),
  profileThrough([
    [0, 0.19],
    [0.12, 0.27],
    [0.34, 0.32],
    [0.56, 0.22],
    [0.76, 0.1],
    [0.93, 0.085],
    [1, 0.12],
  ]),
  profileThrough([
    [0, 0.16],
    [0.25, 0.2],
    [0.6, 0.235],
    [0.88, 0.25],
    [1, 0.235],
  ]),
  profileThrough([
    [0, 0.14],
    [0.1, 0.2],
    [0.36, 0.36],
    [0.62, 0.36],
    [0.84, 0.2],
    [0.93, 0.155],
    [1, 0.19],
  ]),
];
export const BOTTLE: Profile = profileThrough([
  [0, 0.15],
  [0.03, 0.165],
  [0.5, 0.165],
  [0.62, 0.14],
  [0.74, 0.055],
  [0.94, 0.05],
  [0.95, 0.064],
  [1, 0.064],
]);
export const BOWL: Profile = profileThrough([
  [0, 0.42],
  [0.08, 0.4],
  [0.2, 0.5],
  [0.5, 0.84],
  [0.8, 1.06],
  [1, 1.14],
]);
export const CUP: Profile = profileThrough([
  [0, 0.3],
  [0.06, 0.34],
  [0.3, 0.46],
  [0.7, 0.5],
  [1, 0.51],
]);
export const APPLE: Profile = (share) => {
  const angle = Math.acos(Math.min(1, Math.max(-1, 1 - 2 * share)));
  return 0.53 * Math.sin(angle) ** 0.92 * (0.95 + 0.09 * smoothstep(0.2, 0.75, share));
};
export const PEAR: Profile = profileThrough([
  [0, 0.1],
  [0.04, 0.22],
  [0.16, 0.345],
  [0.34, 0.37],
  [0.54, 0.27],
  [0.7, 0.165],
  [0.86, 0.15],
  [0.95, 0.1],
  [1, 0.02],
]);
