// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { imageData, taskData } from '../testing/tasks.ts';
import { convertImage, endingOf, fileName, fileWords } from './image-file.ts';

const nameOf = (prompt: string, code: string) =>
  fileName({ task: taskData({ id: 'a', prompt }), image: imageData('b'), code });

describe('the name of a saved image', () => {
  // As `server/lib/file-words.test.ts`.
  it.each([
    ['A red kite over dunes', 'a-red-kite-over-dunes'],
    ['Fox / "hen": 50% *', 'fox-hen-50'],
    ['Ka\u0308fer', 'käfer'],
    ['हिन्दी भाषा', 'हिन्दी-भाषा'],
    ['../../etc/passwd', 'etc-passwd'],
    ['🎈!', ''],
    ['word '.repeat(20), 'word-word-word-word-word-word-word-word'],
    ['x'.repeat(60), 'x'.repeat(40)],
  ])('has the first words of "%s"', (text, words) => expect(fileWords(text)).toBe(words));

  it('has the code of the image, and a word where the prompt has none', () => {
    expect(nameOf('Red kite', '27A')).toBe('red-kite-27A');
    expect(nameOf('!', '14:05')).toBe('proofsheet-14-05');
  });
});

describe('the file of an image', () => {
  it('has an ending by its type', () => {
    expect(
      ['image/png', 'image/jpeg', 'image/webp', ''].map((type) => endingOf(new Blob([], { type }))),
    ).toEqual(['png', 'jpg', 'webp', 'png']);
  });

  it('stays as it is where it has the wanted type', async () => {
    const file = new Blob(['x'], { type: 'image/webp' });
    expect(await convertImage(file, 'webp')).toBe(file);
  });
});
