import { describe, expect, it } from 'vitest';
import type { Reference, ReferenceState } from './references/references.ts';
import { modelData, seedOption } from '../testing/models.ts';
import { firstProblem, type RequestState } from './problems.ts';

const reference = (state: ReferenceState, name = 'cliff.png', byteSize = 6_500_000): Reference => ({
  id: name,
  name,
  byteSize,
  previewUrl: undefined,
  size: undefined,
  state,
});
const uploaded = reference({ kind: 'uploaded', imageId: 'image-1' });

const check = (changes: Partial<RequestState>) =>
  firstProblem({
    scene: 'TEXT_TO_IMAGE',
    prompt: 'Sea',
    references: [],
    model: modelData({ id: 'Lumen XL' }),
    seed: '',
    costCredits: 8,
    balanceCredits: 20,
    isOnline: true,
    ...changes,
  });
const fromImages = (references: Reference[], changes: Partial<RequestState> = {}) =>
  check({ scene: 'IMAGE_TO_IMAGE', references, ...changes });

describe('what keeps a request from being sent', () => {
  it('is nothing where all is there', () => {
    expect(check({})).toBeUndefined();
    expect(fromImages([uploaded])).toBeUndefined();
  });

  it('is a prompt of nothing but space, before all else', () => {
    expect(check({ prompt: ' \n', model: undefined, isOnline: false })).toEqual({
      field: 'prompt',
      text: 'Write what you want to see first.',
    });
  });

  it('is a missing reference, from images only', () => {
    expect(fromImages([])).toEqual({ field: 'references', text: 'Add at least one image to start from.' });
  });

  it.each([
    [{ kind: 'faulty', fault: 'tooBig' }, 'cliff.png is 6.2 MB. Each image can be up to 5 MB.'],
    [{ kind: 'faulty', fault: 'wrongType' }, 'cliff.png is not a picture we can use. Try PNG, JPEG or WebP.'],
    [{ kind: 'faulty', fault: 'unreadable' }, 'cliff.png could not be opened. It may be damaged.'],
    [{ kind: 'failed' }, 'cliff.png did not upload.'],
  ] as const)('is a reference in the state %j', (state, text) => {
    expect(fromImages([uploaded, reference(state)])).toEqual({ field: 'references', text });
    expect(check({ references: [reference(state)] })).toBeUndefined();
  });

  it('never shows a file over the limit as if it met it', () => {
    const justOver = reference({ kind: 'faulty', fault: 'tooBig' }, 'cliff.png', 5 * 1024 * 1024 + 1);
    expect(fromImages([justOver])?.text).toBe('cliff.png is 5.1 MB. Each image can be up to 5 MB.');
  });

  it('is not a running upload: the request waits for it', () => {
    expect(fromImages([reference({ kind: 'uploading', percent: 3 })])).toBeUndefined();
    expect(fromImages([reference({ kind: 'queued' })])).toBeUndefined();
  });

  it('is more references than the model takes', () => {
    const model = modelData({ id: 'Lumen Edit', maxReferenceImages: 1 });
    expect(fromImages([uploaded, uploaded], { model })).toEqual({
      field: 'references',
      text: 'Lumen Edit takes up to 1 image. Remove some to go on.',
    });
  });

  it('is a scene without models', () => {
    expect(fromImages([uploaded], { model: undefined })).toEqual({
      field: 'model',
      text: 'No models can do image to image right now.',
    });
  });

  it('is a seed that is no number, where the model takes one', () => {
    const model = modelData({ id: 'a', options: [seedOption] });
    expect(check({ model, seed: '1.5' })).toMatchObject({ field: 'seed' });
    expect(check({ seed: '1.5' })).toBeUndefined();
  });

  it('is being offline', () => {
    expect(check({ isOnline: false })).toMatchObject({
      field: 'send',
      text: expect.stringMatching(/^You are offline/),
    });
  });

  it('is a cost above the balance, as far as both are known', () => {
    expect(check({ balanceCredits: 3 })).toEqual({
      field: 'send',
      text: 'This costs 8 credits and you have 3.',
    });
    expect(check({ balanceCredits: 8 })).toBeUndefined();
    expect(check({ balanceCredits: undefined })).toBeUndefined();
    expect(check({ costCredits: undefined, balanceCredits: 0 })).toBeUndefined();
  });
});
