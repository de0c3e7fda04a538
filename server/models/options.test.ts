import { graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Context } from '../graphql/context.ts';
import { schema } from '../schema.ts';
import { createModelService } from './service.ts';

const models = createModelService({ sandboxed: { replicate: true }, medianDurationMs: async () => null });

/** `Model.options` of Nano Banana, which limits a value to one scene. */
async function read(scene: string): Promise<unknown> {
  const source = `{ models(scene: IMAGE_TO_IMAGE) {
    name options(scene: ${scene}) { name type values min max default }
  } }`;
  const { data, errors } = await graphql({ schema, source, contextValue: { models } as unknown as Context });
  expect(errors).toBeUndefined();
  const found = (data as { models: { name: string; options: unknown }[] }).models;
  return found.find(({ name }) => name === 'google/nano-banana')?.options;
}

describe('the options of a model', () => {
  const ratios = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];
  const count = { name: 'count', type: 'INTEGER', values: [], min: 1, max: 1, default: '1' };
  const outputFormat = {
    name: 'outputFormat',
    type: 'ENUM',
    values: ['jpg', 'png'],
    min: null,
    max: null,
    default: 'jpg',
  };
  const aspectRatio = { name: 'aspectRatio', type: 'ENUM', min: null, max: null };

  it('leave out a value that needs a reference, where there is none', async () => {
    expect(await read('TEXT_TO_IMAGE')).toEqual([
      count,
      { ...aspectRatio, values: ratios, default: '1:1' },
      outputFormat,
    ]);
  });

  it('have a default of their own in each scene', async () => {
    expect(await read('IMAGE_TO_IMAGE')).toEqual([
      count,
      { ...aspectRatio, values: ['match_input_image', ...ratios], default: 'match_input_image' },
      outputFormat,
    ]);
  });
});
