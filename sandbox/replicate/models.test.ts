import { describe, expect, it } from 'vitest';
import { replicateModels } from './models.ts';

describe('the emulated models', () => {
  it.each(replicateModels)('have a size for every aspect ratio they take: $name', (model) => {
    const ratios = model.fields.aspect_ratio?.type === 'enum' ? model.fields.aspect_ratio.values : [];
    expect(ratios.length).toBeGreaterThan(8);
    for (const ratio of ratios.filter((each) => each !== 'match_input_image')) {
      const { width, height } = model.plan({ prompt: 'x', aspect_ratio: ratio }).dimensions(undefined);
      const [across = 0, down = 0] = ratio.split(':').map(Number);
      expect(width / height / (across / down), ratio).toBeCloseTo(1, 0.9);
    }
  });

  it('draw at the pixels that the provider publishes', () => {
    const plan = (name: string, input: object) =>
      replicateModels
        .find((model) => model.name === name)
        ?.plan({ prompt: 'x', ...input })
        .dimensions({ width: 4, height: 3 });
    const flux = 'black-forest-labs/flux-schnell';
    const seedream = 'bytedance/seedream-4';
    expect(plan(flux, { aspect_ratio: '16:9' })).toEqual({ width: 1344, height: 768 });
    expect(plan(flux, { aspect_ratio: '16:9', megapixels: '0.25' })).toEqual({ width: 672, height: 384 });
    expect(plan('google/nano-banana', { aspect_ratio: '3:4' })).toEqual({ width: 864, height: 1184 });
    expect(plan('google/nano-banana', {})).toEqual({ width: 1184, height: 880 });
    expect(plan(seedream, { aspect_ratio: '16:9' })).toEqual({ width: 2560, height: 1440 });
    expect(plan(seedream, { aspect_ratio: '1:1', size: '4K' })).toEqual({ width: 4096, height: 4096 });
    expect(plan(seedream, { size: 'custom', width: 1200, height: 1024 })).toEqual({
      width: 1200,
      height: 1024,
    });
  });
});
