import { hex, mix, scaleTone, type Colour } from '../base/colour.ts';
import { smoothstep, type Stage } from '../base/stage.ts';
import type { Land } from './relief.ts';

type HeightAt = (x: number, z: number) => number;

interface Ground {
  /** Colour of flat and of steep ground in white light. */
  flat: Colour;
  steep: Colour;
  /** Slope at which flat gives way to steep. */
  turnsAt: number;
  /** Height above which snow lies; absent where none does. */
  snowLine?: number;
  /** Strength of small unevenness. */
  rough: number;
  /** Distance at which haze has taken two thirds. */
  hazeDistance: number;
}

const SNOW: Colour = [236, 241, 248];

/** The land of the scene's setting. */
export function createLand(stage: Stage): Land {
  const height = createHeight(stage);
  const ground = groundOf(stage);
  return { height, shade: createShading(stage, ground), haze: createHaze(stage, ground) };
}

function createHaze(stage: Stage, ground: Ground): Land['haze'] {
  const fog = stage.scene.weather.has('fog');
  const reach =
    ground.hazeDistance *
    (fog ? (stage.scene.setting === 'forest' ? 0.6 : 0.34) : stage.scene.weather.size > 0 ? 0.6 : 1);
  const pool = fog ? 0.95 : 0.5;
  return (z, height) => {
    const air = 1 - Math.exp(-((z / reach) ** 1.4));
    const valley = pool * Math.exp(-Math.max(0, height) * 0.9) * smoothstep(reach * 0.18, reach * 1.1, z);
    return Math.min(0.97, 1 - (1 - air) * (1 - valley));
  };
}

/** The heights that several lands are made of. */
interface Forms {
  /** Sharp crests, 0 to about 1. */
  ridges: HeightAt;
  /** Unevenness and rolling ground, about -1 to 1. */
  bumps: HeightAt;
  rolls: HeightAt;
  /** 1 or -1: the side of the view away from the sun. */
  side: number;
}

function createHeight(stage: Stage): HeightAt {
  const { noise, random, scene } = stage;
  const [u, v] = [random.next(), random.next()];
  const forms: Forms = {
    ridges: (x, z) =>
      Math.max(0, noise.ridged(u + x / 64, v + z / 64) * 0.86 + noise.soft(v + x / 44, u + z / 44) * 0.3),
    bumps: (x, z) => noise.soft(v + x / 7, u + z / 7),
    rolls: (x, z) => noise.gentle(v + x / 22, u + z / 22),
    side: stage.sun.x > stage.width / 2 ? -1 : 1,
  };
  switch (scene.setting) {
    case 'coast':
      return coastHeight(stage, forms);
    case 'desert':
      return duneHeight(stage, forms);
    case 'field':
      return hillHeight(forms, 1.25);
    case 'forest':
      return hillHeight(forms, 2.1);
    case 'mountains':
      return mountainHeight(stage, forms);
    default:
      return () => (scene.weather.has('snow') ? 0.02 : -0.2);
  }
}

function duneHeight({ random }: Stage, { rolls, side }: Forms): HeightAt {
  const turn = side * random.between(0.5, 1);
  const [first, second] = [random.between(0, 6), random.between(0, 6)];
  return (x, z) => {
    // Dunes grow with distance as they do in a long lens: near ones frame, far ones rise over the horizon.
    const far = z + 1.4;
    const across = x / far;
    const bend =
      0.42 * Math.sin(across * 3.1 + first + Math.log(far)) + 0.16 * Math.sin(across * 7.3 + second);
    const phase = 2.35 * Math.log(far) + across * turn + bend;
    const place = phase - Math.floor(phase);
    const rise = smoothstep(-0.1, 0.82, place);
    const slip = (1 - place) / 0.27;
    // The smooth minimum of both keeps the crest from being sharper than a step of the renderer.
    const nearness = Math.max(0, 0.1 - Math.abs(rise - slip)) / 0.1;
    const wind = Math.max(0.03, Math.min(rise, slip) - nearness * nearness * 0.025);
    const size = 0.62 + 0.34 * Math.sin(across * 4.3 + phase * 0.9 + second);
    return 0.05 + size * (wind - 0.03) * Math.min(6, far * 0.15) + rolls(x * 1.6, z * 1.6) * 0.06;
  };
}

function hillHeight({ ridges, bumps, rolls }: Forms, steep: number): HeightAt {
  return (x, z) =>
    0.12 +
    steep * smoothstep(1.5, 16, z) * (0.5 + rolls(x, z) * 1.3) +
    bumps(x * 1.6, z * 1.6) * 0.05 +
    (z > 22 ? smoothstep(22, 60, z) * (ridges(x * 0.8, z * 0.8) * 8 + 0.5) : 0);
}

function mountainHeight({ scene, random }: Stage, { ridges, bumps, rolls, side }: Forms): HeightAt {
  const wet = scene.features.has('water');
  const floor = wet ? -0.55 : 0.12;
  const start = wet ? 11 : 6;
  const winding = random.between(0.22, 0.4);
  const source = random.between(0, 6);
  return (x, z) => {
    const rise = smoothstep(start, start + 26, z + rolls(x, z) * 5);
    const peaks = rise > 0 ? ridges(x * 0.6, z * 0.6) ** 1.35 * 14 : 0;
    const meadow = wet
      ? side * x * 0.22 - 0.62 + bumps(x, z) * 0.28 - z * 0.05
      : bumps(x, z) * 0.4 + rise * peaks;
    const land = Math.max(floor + rise * (peaks + 1.2), meadow);
    if (!scene.features.has('river')) return land;
    const centre = Math.sin(z * winding + source) * (0.7 + z * 0.09) - side * 0.4;
    return Math.min(land, (Math.abs(x - centre) - 0.34 - z * 0.012) * 0.5);
  };
}

function coastHeight(stage: Stage, { ridges, bumps, side }: Forms): HeightAt {
  const { scene, random } = stage;
  const { x: centre, z: away } = isletPlace(stage);
  const islet = scene.features.has('island') || scene.features.has('lighthouse');
  const beach = scene.features.has('beach');
  const headland = !beach && (islet ? random.chance(0.6) : random.chance(0.8));
  const edge = side * random.between(1.9, 2.5);
  const spread = random.between(0.3, 0.42);
  const rough: HeightAt = (x, z) => ridges(x * 3.2, z * 3.2);
  return (x, z) => {
    let height = -0.25;
    if (z > 13) {
      const far = ridges(x * 1.1, z * 1.1) * 5.4 - 2.5 + smoothstep(30, 60, z) * 0.4;
      height += far * smoothstep(13, 24, z);
    }
    if (islet && Math.abs(z - away) < 5 && Math.abs(x - centre) < 5) {
      const off = Math.hypot((x - centre) * spread, (z - away) * 0.42) + bumps(x * 1.4, z * 1.4) * 0.3;
      const rise = smoothstep(1, 0.05, off) * (0.42 + rough(x, z) * 0.85);
      height = Math.max(height, rise + bumps(x * 3, z * 3) * 0.14 - 0.16);
    }
    if (headland && z < 9) {
      const off = Math.hypot((x - edge) * 0.62, (z - 4.3) * 0.36);
      if (off < 1.3)
        height = Math.max(height, (1 - off) * (0.5 + rough(x, z) * 1.1) + bumps(x * 2, z * 2) * 0.14 - 0.12);
    }
    if (beach) height = Math.max(height, (4.2 + side * x * 0.55 + bumps(x, z) * 0.7 - z) * 0.075);
    return height;
  };
}

/** Where the island that carries a lighthouse stands: across and away. */
export function isletPlace(stage: Stage): { x: number; z: number } {
  const side = stage.sun.x > stage.width / 2 ? -1 : 1;
  const z = 8.5;
  return { x: side * Math.min(1.9, (stage.width / stage.scale) * z * 0.24), z };
}

function groundOf(stage: Stage): Ground {
  const { scene, palette } = stage;
  const rock = { flat: hex('#5f5a56'), steep: hex('#4a4644'), turnsAt: 0.7, rough: 0.5, hazeDistance: 34 };
  const snow = scene.weather.has('snow') ? { snowLine: -1 } : {};
  switch (scene.setting) {
    case 'coast':
      return scene.features.has('beach')
        ? { ...rock, flat: hex('#d9c3a0'), steep: hex('#6d6258'), turnsAt: 0.22, rough: 0.25, ...snow }
        : { ...rock, ...snow };
    case 'desert': {
      const sand = scene.styles.has('neon') ? palette.sky[1] : hex('#dca56c');
      return {
        flat: sand,
        steep: scaleTone(sand, 0.9),
        turnsAt: 0.5,
        rough: 0.12,
        hazeDistance: 42,
        ...snow,
      };
    }
    case 'field': {
      const grass = palette.time === 'dusk' || palette.time === 'dawn' ? hex('#8b8a4a') : hex('#6f9448');
      return { flat: grass, steep: hex('#56703c'), turnsAt: 0.8, rough: 0.4, hazeDistance: 30, ...snow };
    }
    case 'forest':
      return {
        flat: hex('#41563a'),
        steep: hex('#33452f'),
        turnsAt: 0.8,
        rough: 0.5,
        hazeDistance: 20,
        ...snow,
      };
    case 'mountains':
      return {
        ...rock,
        flat: hex('#67704f'),
        steep: hex('#6b6663'),
        turnsAt: 0.75,
        snowLine: palette.time === 'night' ? 3 : 2.3,
        hazeDistance: 40,
        ...snow,
      };
    default:
      return {
        flat: hex('#6d7250'),
        steep: hex('#5d5a4c'),
        turnsAt: 0.7,
        rough: 0.35,
        hazeDistance: 32,
        ...snow,
      };
  }
}

function createShading(stage: Stage, ground: Ground): Land['shade'] {
  const { palette, noise, scene } = stage;
  const ambient = scene.land ?? scene.ambient[0];
  const tinting = scene.land === undefined ? 0.42 : 0.88;
  const tint = (colour: Colour): Colour => (ambient === undefined ? colour : mix(colour, ambient, tinting));
  const flat = tint(ground.flat);
  const steep = tint(ground.steep);
  const sunSide = Math.max(-1, Math.min(1, (stage.sun.x - stage.width / 2) / stage.scale / 0.4));
  const behind = palette.time === 'day' ? -0.25 : 0.3;
  const length = Math.hypot(sunSide || 0.4, 0.5, behind);
  const [lightX, lightY, lightZ] = [(sunSide || 0.4) / length, 0.5 / length, behind / length];
  const strength = palette.dark ? 0.62 : scene.weather.size > 0 ? 0.7 : 1.12;
  const { shade } = palette;
  // Coloured light would hide a colour the prompt gives the land.
  const light = scene.land === undefined ? palette.light : mix(palette.light, [226, 224, 228], 0.6);
  const dimming = palette.dark ? 0.95 : 1;
  return (target, x, z, height, slopeX, slopeZ) => {
    const fine = Math.max(0, 1 - z / 26) * ground.rough;
    const grain = fine > 0 ? noise.soft(x * 0.9, z * 0.9) * fine : 0;
    const bend = fine > 0 ? noise.soft(x * 0.61 + 0.4, z * 0.61) * fine : 0;
    const sx = slopeX + grain * 1.5;
    const sz = slopeZ + bend * 1.5;
    const facing = (-sx * lightX + lightY - sz * lightZ) / Math.sqrt(1 + sx * sx + sz * sz);
    const lit = Math.min(1.25, Math.max(0, facing) * strength + (palette.dark ? 0.26 : 0.12));
    const slope = Math.hypot(slopeX, slopeZ);
    const steepness = smoothstep(ground.turnsAt * 0.6, ground.turnsAt * 1.4, slope + grain * 0.4);
    let red = flat[0] + (steep[0] - flat[0]) * steepness;
    let green = flat[1] + (steep[1] - flat[1]) * steepness;
    let blue = flat[2] + (steep[2] - flat[2]) * steepness;
    if (ground.snowLine !== undefined) {
      const ragged = noise.soft(x / 6, z / 6) * 1.5 - slope * 0.55;
      const cover = smoothstep(ground.snowLine - 0.5, ground.snowLine + 0.7, height + ragged);
      red += (SNOW[0] - red) * cover;
      green += (SNOW[1] - green) * cover;
      blue += (SNOW[2] - blue) * cover;
    }
    const mottle = (1 + grain * 0.35) * dimming;
    target[0] = (red * mottle * (shade[0] + (light[0] - shade[0]) * lit)) / 255;
    target[1] = (green * mottle * (shade[1] + (light[1] - shade[1]) * lit)) / 255;
    target[2] = (blue * mottle * (shade[2] + (light[2] - shade[2]) * lit)) / 255;
  };
}
