import { mix, paint, scaleTone } from '../base/colour.ts';
import { at, type Stage } from '../base/stage.ts';

/** What is seen in the sky, as SVG to lay over it: stars, the northern lights, a planet, the sun or the moon. */
export function paintHeavens(stage: Stage): string {
  const { scene, palette } = stage;
  const starry = scene.features.has('stars') || (palette.time === 'night' && !scene.styles.has('minimal'));
  const overcast = scene.weather.has('storm') || scene.weather.has('rain');
  const clear = !overcast && !scene.weather.has('fog');
  return [
    starry && clear ? paintStars(stage, scene.features.has('stars') ? 1 : 0.5) : '',
    scene.features.has('aurora') ? paintAurora(stage) : '',
    scene.features.has('planet') ? paintFarPlanet(stage) : '',
    skyLight(stage, overcast),
  ].join('');
}

function skyLight(stage: Stage, overcast: boolean): string {
  if (overcast && !stage.scene.features.has('moon')) return '';
  return stage.palette.time === 'night' ? paintMoon(stage) : paintSun(stage);
}

/** Stars over the sky, or over all of a picture of space; `amount` 1 for a clear night. */
export function paintStars(stage: Stage, amount: number): string {
  const { random, width, height, scale, horizon } = stage;
  const bottom = stage.scene.setting === 'space' ? height : horizon;
  const count = Math.round(((width * bottom) / scale ** 2) * 900 * amount);
  let faint = '';
  let bright = '';
  for (let star = 0; star < count; star += 1) {
    const y = bottom * random.next() ** 1.15;
    const fade = stage.scene.setting === 'space' ? 1 : 1 - (y / bottom) ** 3;
    const size = scale * (0.00045 + 0.0011 * random.next() ** 6);
    const x = at(random.next() * width);
    const opacity = (fade * random.between(0.25, 0.95)).toFixed(2);
    faint += `<circle cx="${x}" cy="${at(y)}" r="${size.toFixed(2)}" opacity="${opacity}"/>`;
    if (random.chance(0.012)) {
      bright += `<circle cx="${x}" cy="${at(y)}" r="${(scale * 0.006).toFixed(2)}" fill="url(#starlight)" opacity="${opacity}"/>`;
    }
  }
  const shine = paint(mix(stage.palette.glow, [255, 255, 255], 0.5));
  return (
    `<radialGradient id="starlight"><stop offset="0" stop-color="#fff" stop-opacity="0.9"/><stop offset="0.25" stop-color="${shine}" ` +
    `stop-opacity="0.28"/><stop offset="1" stop-color="${shine}" stop-opacity="0"/></radialGradient>` +
    `<g fill="${paint(mix(stage.palette.sun, [255, 255, 255], 0.6))}">${faint}</g>${bright}`
  );
}

function paintAurora(stage: Stage): string {
  const { random, width, horizon, noise, scene } = stage;
  const colour = scene.accents.get('aurora') ?? scene.ambient[0] ?? ([92, 240, 170] as const);
  const top = scaleTone(mix(colour, [150, 90, 230], 0.6), 1);
  let curtains = '';
  for (let band = 0; band < 3; band += 1) {
    const base = horizon * random.between(0.42, 0.8);
    const offset = random.next();
    const steps = 110;
    for (let step = 0; step <= steps; step += 1) {
      const x = (step / steps) * width * 1.04 - width * 0.02;
      const bend = noise.soft(offset + (x / width) * 0.16, offset) * horizon * 0.34;
      const strength = Math.max(0, 0.5 + noise.soft(offset + (x / width) * 0.5, 0.3 + band * 0.2) * 0.9);
      const length = horizon * (0.32 + 0.3 * noise.soft(offset + (x / width) * 1.3, 0.7)) + 20;
      curtains +=
        `<rect x="${at(x)}" y="${at(base + bend - length)}" width="${at((width / steps) * 4.2)}" height="${at(length * 1.12)}" ` +
        `fill="url(#aurora)" opacity="${(strength * 0.2).toFixed(3)}"/>`;
    }
  }
  return (
    `<linearGradient id="aurora" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${paint(top)}" stop-opacity="0"/>` +
    `<stop offset="0.55" stop-color="${paint(mix(top, colour, 0.6))}" stop-opacity="0.45"/>` +
    `<stop offset="0.88" stop-color="${paint(colour)}" stop-opacity="0.95"/>` +
    `<stop offset="1" stop-color="${paint(colour)}" stop-opacity="0"/></linearGradient><g>${curtains}</g>`
  );
}

function paintFarPlanet(stage: Stage): string {
  const { width, horizon, scale, palette } = stage;
  const x = stage.sun.x > width / 2 ? width * 0.27 : width * 0.73;
  const y = horizon * 0.42;
  const colour = stage.scene.accents.get('planet') ?? palette.accent;
  return (
    `<radialGradient id="planet" cx="0.3" cy="0.3" r="0.8"><stop offset="0" stop-color="${paint(mix(colour, palette.light, 0.4))}"/>` +
    `<stop offset="0.6" stop-color="${paint(mix(colour, palette.sky[1], 0.5))}"/><stop offset="1" stop-color="${paint(palette.sky[1])}"/>` +
    `</radialGradient><circle cx="${at(x)}" cy="${at(y)}" r="${at(scale * 0.13)}" fill="url(#planet)" opacity="0.9"/>`
  );
}

function paintMoon(stage: Stage): string {
  const { sun, palette, scene } = stage;
  if (scene.setting === 'city' && !scene.features.has('moon') && !scene.styles.has('neon')) return '';
  if (scene.styles.has('neon')) return paintSun(stage);
  const colour = scene.accents.get('moon') ?? palette.sun;
  const radius = sun.radius * (scene.features.has('moon') ? 1.15 : 0.72);
  const [x, y] = [at(sun.x), at(sun.y)];
  let seas = '';
  for (const [dx, dy, size] of [
    [-0.32, -0.3, 0.3],
    [0.05, -0.42, 0.2],
    [-0.42, 0.14, 0.22],
    [0.3, -0.05, 0.26],
    [0.12, 0.34, 0.17],
    [0.46, 0.3, 0.12],
  ] as const) {
    seas += `<ellipse cx="${at(sun.x + dx * radius)}" cy="${at(sun.y + dy * radius)}" rx="${at(size * radius)}" ry="${at(size * radius * 0.85)}" fill="url(#mare)"/>`;
  }
  const mare = paint(mix(colour, palette.sky[1], 0.55));
  return (
    `<radialGradient id="halo"><stop offset="0.1" stop-color="${paint(palette.glow)}" stop-opacity="0.55"/><stop offset="0.4" ` +
    `stop-color="${paint(palette.glow)}" stop-opacity="0.14"/><stop offset="1" stop-color="${paint(palette.glow)}" stop-opacity="0"/></radialGradient>` +
    `<radialGradient id="mare"><stop offset="0.3" stop-color="${mare}" stop-opacity="0.42"/><stop offset="1" stop-color="${mare}" stop-opacity="0"/></radialGradient>` +
    `<radialGradient id="moon"><stop offset="0.6" stop-color="${paint(colour)}"/><stop offset="1" stop-color="${paint(mix(colour, palette.glow, 0.35))}"/></radialGradient>` +
    `<circle cx="${x}" cy="${y}" r="${at(radius * 4.6)}" fill="url(#halo)"/><circle cx="${x}" cy="${y}" r="${at(radius)}" fill="url(#moon)"/>${seas}`
  );
}

function paintSun(stage: Stage): string {
  const { sun, palette, scene } = stage;
  const [x, y] = [at(sun.x), at(sun.y)];
  const neon = scene.styles.has('neon');
  const flat = scene.styles.has('minimal') || neon;
  const colour = scene.accents.get('sun') ?? palette.sun;
  if (flat) {
    const radius = sun.radius * (neon ? 3.2 : 2.1);
    const lower = neon ? palette.sky[3] : mix(colour, palette.glow, 0.35);
    let bars = '';
    for (let bar = 0; neon && bar < 6; bar += 1) {
      const top = sun.y - radius + radius * 2 * (0.5 + bar * 0.085);
      bars += `<rect x="${at(sun.x - radius)}" y="${at(top)}" width="${at(radius * 2)}" height="${at(radius * (0.02 + bar * 0.013))}" fill="${paint(palette.sky[2])}"/>`;
    }
    return (
      `<linearGradient id="sun" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${paint(colour)}"/><stop offset="1" stop-color="${paint(lower)}"/></linearGradient>` +
      `<circle cx="${x}" cy="${y}" r="${at(radius)}" fill="url(#sun)"/>${bars}`
    );
  }
  const edge = paint(colour);
  return (
    `<radialGradient id="sun"><stop offset="0" stop-color="${edge}" stop-opacity="1"/><stop offset="0.3" stop-color="${edge}" stop-opacity="0.95"/>` +
    `<stop offset="0.42" stop-color="${edge}" stop-opacity="0.42"/><stop offset="1" stop-color="${edge}" stop-opacity="0"/></radialGradient>` +
    `<circle cx="${x}" cy="${y}" r="${at(sun.radius * 2.6)}" fill="url(#sun)"/>`
  );
}
