/** New texts need characters that the fonts lack, such as umlauts, and an English page does not show that. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { charactersOf } from './font-characters.ts';
import { fontFile, fonts, makeFont, neededCharacters } from './font-subset.ts';

describe.each(fonts)('the font $name', (font) => {
  it('has every character of the words', async () => {
    const there = await charactersOf(await readFile(fontFile(font)));
    expect([...(await neededCharacters()).difference(there)]).toEqual([]);
    expect([...'Az09 äöüÄÖÜß „“’ × − · —'].filter((character) => !there.has(character))).toEqual([]);
  });

  it('is what `npm run fonts` makes', async () => {
    const made = await makeFont(font);
    expect(made.equals(await readFile(fontFile(font)))).toBe(true);
  });
});
