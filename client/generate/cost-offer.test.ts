import { describe, expect, it } from 'vitest';
import { modelData } from '../testing/models.ts';
import { affordable } from './cost-offer.tsx';

const xl = modelData({ id: 'xl', costCredits: 8 });
const costlyEdit = modelData({ id: 'edit', costCredits: 6 });
const turbo = modelData({ id: 'turbo', costCredits: 2, maxReferenceImages: 1 });

const offer = (changes: Partial<Parameters<typeof affordable>[0]>) => {
  const found = affordable({
    models: [xl, costlyEdit, turbo],
    chosen: xl,
    count: 1,
    referenceCount: 0,
    balanceCredits: 7,
    ...changes,
  });
  return found && [found.model.id, found.count, found.costCredits];
};

describe('what a balance is enough for', () => {
  it('is the dearest of the cheaper models', () => {
    expect(offer({})).toEqual(['edit', 1, 6]);
    expect(offer({ balanceCredits: 5 })).toEqual(['turbo', 1, 2]);
  });

  it('is a model that can do the same: as many images, as many references', () => {
    expect(offer({ count: 3 })).toEqual(['turbo', 3, 6]);
    expect(offer({ balanceCredits: 5, referenceCount: 2 })).toBeUndefined();
  });

  it('is fewer images from the chosen model where no other helps', () => {
    expect(offer({ models: [costlyEdit], chosen: costlyEdit, count: 4, balanceCredits: 13 })).toEqual([
      'edit',
      2,
      12,
    ]);
  });

  it('is nothing where even one image costs too much, or the balance is not known', () => {
    expect(offer({ balanceCredits: 1 })).toBeUndefined();
    expect(offer({ balanceCredits: undefined })).toBeUndefined();
    expect(offer({ chosen: undefined })).toBeUndefined();
  });
});
