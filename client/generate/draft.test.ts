import { createRoot } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createDraft } from './draft.ts';

function open(storage: Storage | undefined = sessionStorage) {
  return createRoot((dispose) => {
    onTestFinished(dispose);
    return createDraft(storage);
  });
}

describe('the draft', () => {
  beforeEach(() => sessionStorage.clear());

  it('is kept at once and found again after a reload', () => {
    open().change({ prompt: 'Sea', scene: 'IMAGE_TO_IMAGE', count: 3, aspectRatio: '16:9' });
    expect(open().content).toMatchObject({
      prompt: 'Sea',
      scene: 'IMAGE_TO_IMAGE',
      count: 3,
      aspectRatio: '16:9',
    });
  });

  it.each(['{', '[]', 'null', '{"scene":"VIDEO","count":"3","prompt":7,"other":"x"}'])(
    'begins empty where storage holds %s',
    (stored) => {
      sessionStorage.setItem('proofsheet.draft', stored);
      expect(open().content).toMatchObject({ prompt: '', scene: 'TEXT_TO_IMAGE', count: 1 });
      expect(open().content).not.toHaveProperty('other');
    },
  );

  it('works without storage, and where storage is full', () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    for (const storage of [undefined, full as unknown as Storage]) {
      const draft = open(storage);
      draft.change({ prompt: 'Sea' });
      expect(draft.content.prompt).toBe('Sea');
    }
  });
});
