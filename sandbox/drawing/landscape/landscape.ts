import sharp from 'sharp';
import { svgDocument, type Raster, type Stage } from '../base/stage.ts';
import { paintCity } from '../scenery/city.ts';
import { paintBirds, paintCat, paintFigure, paintHouse } from '../scenery/dwellers.ts';
import { paintHeavens } from './heavens.ts';
import { paintBalloons, paintBoats, paintLighthouse } from '../scenery/landmarks.ts';
import { paintRelief, type Land, type Relief } from './relief.ts';
import { paintSky } from './sky.ts';
import { createLand } from './terrain.ts';
import { paintForest, paintFramingTrees, paintMeadow } from '../scenery/vegetation.ts';
import { paintWater } from './water.ts';
import { paintWeather } from './weather.ts';

/** A picture of the scene out of doors, and the SVG of what stands in front of it. */
export async function paintLandscape(stage: Stage): Promise<{ raster: Raster; front: string }> {
  const land = createLand(stage);
  const behind = paintHeavens(stage) + (stage.scene.setting === 'city' ? paintCity(stage) : '');
  const raster = await overlay(await paintSky(stage), stage, behind);
  const relief = await paintRelief(stage, raster, land);
  await paintWater(stage, raster, relief);
  return { raster, front: paintFront(stage, land, relief) };
}

function paintFront(stage: Stage, land: Land, relief: Relief): string {
  const { features, setting, styles } = stage.scene;
  const site = { stage, land, relief };
  const wooded = setting === 'forest' || features.has('trees');
  const sparse = setting === 'mountains' && !styles.has('minimal');
  return [
    wooded || sparse ? paintForest(site, setting === 'forest' ? 1 : wooded ? 0.6 : 0.35) : '',
    features.has('lighthouse') && setting === 'coast' ? paintLighthouse(stage, land) : '',
    features.has('house') && setting !== 'city' ? paintHouse(stage, land) : '',
    features.has('boat') ? paintBoats(stage, land) : '',
    features.has('balloon') ? paintBalloons(stage) : '',
    features.has('birds') ? paintBirds(stage) : '',
    setting === 'field' || features.has('flowers') ? paintMeadow(site, features.has('flowers')) : '',
    features.has('figure') ? paintFigure(stage, land) : '',
    setting === 'forest' && !styles.has('minimal') ? paintFramingTrees(stage) : '',
    features.has('cat') ? paintCat(stage) : '',
    paintWeather(stage),
  ].join('');
}

async function overlay(raster: Raster, stage: Stage, elements: string): Promise<Raster> {
  if (elements === '') return raster;
  const { width, height } = raster;
  const bytes = await sharp(raster.data, { raw: { width, height, channels: 3 } })
    .composite([{ input: svgDocument(stage, elements) }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return { data: new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, bytes.length), width, height };
}
