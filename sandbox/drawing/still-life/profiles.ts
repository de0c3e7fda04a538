import type { Vessel } from '../prompt/words.ts';
import type { Profile } from './turned.ts';

/** The shapes of each kind of vessel. */
export const VESSELS: Readonly<Record<Vessel, readonly [Profile, ...Profile[]]>> = {
  vase: [
    [0.14, 0.2, 0.27, 0.31, 0.29, 0.2, 0.11, 0.1, 0.135],
    [0.13, 0.17, 0.22, 0.28, 0.325, 0.31, 0.22, 0.13, 0.15],
    [0.19, 0.27, 0.315, 0.3, 0.22, 0.14, 0.1, 0.085, 0.12],
    [0.16, 0.185, 0.205, 0.225, 0.245, 0.25, 0.235],
  ],
  bowl: [[0.42, 0.5, 0.74, 0.93, 1.06, 1.14]],
  bottle: [[0.155, 0.165, 0.165, 0.165, 0.165, 0.165, 0.145, 0.08, 0.053, 0.05, 0.05, 0.06]],
  cup: [[0.3, 0.43, 0.49, 0.5, 0.505, 0.51]],
};
export const APPLE: Profile = [0.14, 0.37, 0.48, 0.53, 0.55, 0.54, 0.48, 0.36, 0.13];
export const PEAR: Profile = [0.12, 0.31, 0.37, 0.355, 0.275, 0.19, 0.155, 0.125, 0.06];
