import { createRoot } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { cleanPrompt, createDraft, fitPrompt, promptLength, promptLimit } from './draft.ts';

function open(storage: Storage | undefined = sessionStorage) {
  return createRoot((dispose) => {
    onTestFinished(dispose);
    return createDraft(storage);
  });
}

describe('the draft', () => {
  beforeEach(() => sessionStorage.clear());

  it('is stored at once and restored after a reload', () => {
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

describe('the length of a prompt', () => {
  it('counts code points, not the halves of which an emoji is made', () => {
    expect(promptLength('🌊🌊')).toBe(2);
    expect(promptLength('海')).toBe(1);
  });

  it('leaves out the space around it, not the space within', () => {
    expect(promptLength('  a b \n')).toBe(3);
    expect(promptLength(' \n\t')).toBe(0);
  });
});

describe('fitting a prompt', () => {
  it('leaves a text at the limit as it is, with the space around it', () => {
    const text = `  ${'a'.repeat(promptLimit)}  `;
    expect(fitPrompt(text)).toEqual({ text, lost: 0 });
  });

  it('cuts what is over the limit and says how much', () => {
    expect(fitPrompt('a'.repeat(promptLimit + 214))).toEqual({ text: 'a'.repeat(promptLimit), lost: 214 });
  });

  it('cuts between characters, never within one', () => {
    const { text, lost } = fitPrompt('🌊'.repeat(promptLimit + 1));
    expect(lost).toBe(1);
    expect(text).toBe('🌊'.repeat(promptLimit));
  });

  it('does not count space at the beginning against the text', () => {
    expect(fitPrompt(`   ${'a'.repeat(promptLimit)}b`).text).toBe('a'.repeat(promptLimit));
  });
});

describe('cleaning a prompt', () => {
  it('trims it and takes out what is no text', () => {
    expect(cleanPrompt('  sea\0shore \n')).toBe('seashore');
    expect(cleanPrompt('a\ud83cb')).toBe('a\ufffdb');
  });
});
