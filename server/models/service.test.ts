import { describe, expect, it } from 'vitest';
import { checkRequest } from '../tasks/request.ts';
import { catalogue, type CatalogueModel, providerNames } from './catalogue.ts';
import { createModelService } from './service.ts';

const [offered] = catalogue;
const retired: CatalogueModel = {
  ...offered!,
  name: 'someone/old-model',
  aliases: ['old-model'],
  label: 'Old Model',
  retired: true,
};
const known = [offered!, retired];

function service(medianDurationMs: () => Promise<number | null> = async () => null) {
  return createModelService({ sandboxed: { replicate: true }, medianDurationMs, known });
}

it.each(providerNames)('has a model of %s to offer', (name) => {
  expect(catalogue.filter(({ provider, retired }) => provider === name && !retired)).not.toEqual([]);
});

describe('a retired model', () => {
  it('is not offered, and still found', () => {
    expect(service().models()).toEqual([offered]);
    expect(service().find('someone/old-model')).toBe(retired);
  });

  it('belongs to the tasks that were made with it, by its name or an alias', () => {
    for (const model of ['someone/old-model', 'old-model'])
      expect(service().ofTask({ model, provider: 'replicate' })).toBe(retired);
  });

  it('is refused in a request, with what to do', () => {
    const input = {
      model: 'old-model',
      prompt: 'A lighthouse',
      scene: 'TEXT_TO_IMAGE',
      referenceImageIds: [],
      options: {},
      providerOptions: undefined,
    } as const;
    expect(() => checkRequest({ ...input, referenceImageIds: [] }, known)).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        field: 'model',
        message: 'Old Model is no longer offered. Choose another model.',
      }),
    );
  });
});

describe('the typical duration', () => {
  it.each<[string, () => Promise<number | null>, number]>([
    ['the median', async () => 1234, 1234],
    ['the published one where there are too few runs', async () => null, 2000],
    ['the published one where clocks have gone back', async () => -5, 2000],
    [
      'the published one where the runs cannot be read',
      () => Promise.reject(new Error('The database is away')),
      2000,
    ],
  ])('is %s', async (_, median, expected) => {
    expect(await service(median).typicalDurationMs(offered!)).toBe(expected);
  });

  it('is read again after it could not be read', async () => {
    const answers = [Promise.reject(new Error('The database is away')), Promise.resolve(1234)];
    const models = service(() => answers.shift()!);
    expect(await models.typicalDurationMs(offered!)).toBe(2000);
    expect(await models.typicalDurationMs(offered!)).toBe(1234);
  });
});
