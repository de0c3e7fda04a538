import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readScript, scriptWords } from './script.ts';

const documentation = new URL('../../docs/api/sandbox.md', import.meta.url);

describe('readScript', () => {
  it('finds every word of the list, alone and with a value', () => {
    for (const word of scriptWords) {
      const script = readScript(`a fox, sandbox:${word}=7.`);
      expect(script.has(word), word).toBe(true);
      expect(script.number(word, 1)).toBe(7);
      expect(readScript(`sandbox:${word}`).number(word, 1)).toBe(1);
    }
  });

  it('reads several words of one prompt, in any case', () => {
    const script = readScript('Sandbox:SLOW=2.5 a fox sandbox:finish=image_other, sandbox:drop');
    expect(script.number('slow', 0)).toBe(2.5);
    expect(script.text('finish')).toBe('image_other');
    expect(script.has('drop')).toBe(true);
    expect(script.has('failed')).toBe(false);
  });

  it('finds nothing in prose', () => {
    const script = readScript('a slow, blocked and lost fox in a sandbox: failed');
    expect(scriptWords.filter((word) => script.has(word))).toEqual([]);
    expect(script.unknown).toEqual([]);
  });

  it('names misspelt words', () => {
    expect(readScript('sandbox:bloked').unknown).toEqual(['bloked']);
  });
});

describe('the list of words', () => {
  it('is told whole in the documentation of the API', async () => {
    const rows = [
      ...(await readFile(documentation, 'utf8')).matchAll(/^\| `([\w-]+)` +\|(?: [^|]*\|){3}$/gm),
    ];
    expect(rows.map(([, word]) => word)).toEqual(scriptWords);
  });
});
