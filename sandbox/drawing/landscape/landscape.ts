import { fromSharp, svgDocument, toSharp } from '../base/raster.ts';
import type { DrawnScene, Stage } from '../prompt/stage.ts';
import { paintHeavens } from './heavens.ts';
import { paintLighthouse } from './lighthouse.ts';
import { paintRelief } from './relief.ts';
import { paintSky } from './sky.ts';
import { createLand } from './terrain.ts';
import { paintWater } from './water.ts';

/** A picture of the scene out of doors, and the SVG of what stands in front of it. */
export async function paintLandscape(stage: Stage): Promise<DrawnScene> {
  const { features, setting } = stage.scene;
  const land = createLand(stage);
  const sky = toSharp(await paintSky(stage));
  const raster = await fromSharp(sky.composite([{ input: svgDocument(stage, paintHeavens(stage)) }]));
  const relief = paintRelief(stage, raster, land);
  paintWater(stage, raster, relief);
  const hasLighthouse = setting === 'coast' && features.has('lighthouse');
  return { raster, front: hasLighthouse ? paintLighthouse(stage, land) : '' };
}
