import { hex, mix, paint } from '../base/colour.ts';
import { at, type Stage } from '../base/stage.ts';

/** What falls or drifts between the eye and the scene: snow, rain, banks of fog. */
export function paintWeather(stage: Stage): string {
  const { weather } = stage.scene;
  return [
    weather.has('fog') ? paintFog(stage) : '',
    weather.has('rain') || weather.has('storm') ? paintRain(stage) : '',
    weather.has('storm') ? paintLightning(stage) : '',
    weather.has('snow') ? paintSnowfall(stage) : '',
  ].join('');
}

function paintFog(stage: Stage): string {
  const { random, width, height, horizon, scale, palette } = stage;
  const colour = paint(mix(palette.haze, palette.sky[3], 0.4));
  let banks =
    `<radialGradient id="fog"><stop offset="0" stop-color="${colour}" stop-opacity="0.24"/><stop offset="0.5" stop-color="${colour}" ` +
    `stop-opacity="0.13"/><stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`;
  for (let bank = 0; bank < 9; bank += 1) {
    const y = horizon + (height - horizon) * random.between(-0.3, 0.55);
    banks += `<ellipse cx="${at(width * random.between(-0.1, 1.1))}" cy="${at(y)}" rx="${at(width * random.between(0.35, 0.7))}" ry="${at(scale * random.between(0.08, 0.17))}" fill="url(#fog)"/>`;
  }
  return banks;
}

function paintRain(stage: Stage): string {
  const { random, width, height, scale, palette } = stage;
  const lean = random.between(0.06, 0.16);
  let near = '';
  let far = '';
  const count = Math.round(((width * height) / scale ** 2) * 420);
  for (let drop = 0; drop < count; drop += 1) {
    const length = scale * (drop % 5 === 0 ? random.between(0.05, 0.09) : random.between(0.02, 0.045));
    const streak = `M${at(random.next() * width * 1.1)} ${at(random.between(-0.05, 1) * height)}l${at(-length * lean)} ${at(length)}`;
    if (drop % 5 === 0) near += streak;
    else far += streak;
  }
  const colour = paint(mix(palette.sky[3], hex('#ffffff'), 0.35));
  return `<g fill="none" stroke="${colour}" stroke-linecap="round"><path d="${far}" stroke-width="${(scale * 0.0009).toFixed(2)}" opacity="0.3"/><path d="${near}" stroke-width="${(scale * 0.0015).toFixed(2)}" opacity="0.26"/></g>`;
}

function paintLightning(stage: Stage): string {
  const { random, width, horizon, scale } = stage;
  let x = width * random.between(0.25, 0.75);
  let path = `M${at(x)} 0`;
  const steps = 13;
  for (let step = 1; step <= steps; step += 1) {
    x += scale * random.between(-0.035, 0.035);
    path += `L${at(x)} ${at((horizon * step) / steps)}`;
    if (step % 4 === 2) {
      const fork = scale * random.between(-0.09, 0.09);
      path += `l${at(fork)} ${at(scale * 0.07)}l${at(fork * 0.4)} ${at(scale * 0.05)}M${at(x)} ${at((horizon * step) / steps)}`;
    }
  }
  const strokes = [
    [0.02, 0.06],
    [0.009, 0.14],
    [0.0022, 0.95],
  ] as const;
  return strokes
    .map(
      ([wide, alpha]) =>
        `<path d="${path}" fill="none" stroke="#eef2ff" stroke-linejoin="round" stroke-width="${(scale * wide).toFixed(2)}" opacity="${alpha}"/>`,
    )
    .join('');
}

function paintSnowfall(stage: Stage): string {
  const { random, width, height, scale } = stage;
  let flakes =
    '<radialGradient id="flake"><stop offset="0" stop-color="#fff" stop-opacity="0.95"/><stop offset="0.5" stop-color="#fff" stop-opacity="0.6"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>';
  const count = Math.round(((width * height) / scale ** 2) * 520);
  for (let flake = 0; flake < count; flake += 1) {
    const near = random.next() ** 9;
    const radius = scale * (0.0013 + near * 0.011);
    flakes += `<circle cx="${at(random.next() * width)}" cy="${at(random.next() * height)}" r="${radius.toFixed(2)}" fill="${near > 0.06 ? 'url(#flake)' : '#fff'}" opacity="${random.between(0.35, 0.85).toFixed(2)}"/>`;
  }
  return flakes;
}
