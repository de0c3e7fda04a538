/** The fonts of the page, each cut down to the characters, the widths and the weights that the page uses. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';
import { charactersOf } from './font-characters.ts';

export interface Font {
  /** Of its file in `client/ui/fonts`. */
  name: string;
  source: string;
  variationAxes: Record<string, number | { min: number; max: number; default: number }>;
  /** OpenType features; the others are left out. */
  keepFeatures: string[];
}

export const fonts: readonly Font[] = [
  {
    name: 'archivo',
    source: '@fontsource-variable/archivo/files/archivo-latin-standard-normal.woff2',
    variationAxes: { wdth: 112, wght: { min: 400, max: 700, default: 400 } },
    keepFeatures: ['kern', 'tnum'],
  },
  {
    name: 'martian',
    source: '@fontsource-variable/martian-mono/files/martian-mono-latin-standard-normal.woff2',
    variationAxes: { wdth: 87, wght: 400 },
    keepFeatures: [],
  },
];

const texts = ['i18n/messages.ts', 'i18n/lazy-messages.ts', 'i18n/messages-german.ts', 'app/pages.ts'];

/** The signs on keys. Neither font draws them all, so the system's does. */
const leftToTheSystem: ReadonlySet<string> = new Set('↵←↑→↓');

const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));
/** What numbers and dates are joined with, and what people paste. */
const further = '\u00a0–…‘’“”„';

/** Every character of the page's own texts, and those of plain English prompts. */
export async function neededCharacters(): Promise<ReadonlySet<string>> {
  const files = await Promise.all(
    texts.map((file) => readFile(new URL(`../client/${file}`, import.meta.url), 'utf8')),
  );
  const all = new Set([...ascii, ...further, ...files.join('')].filter((character) => character >= ' '));
  return all.difference(leftToTheSystem);
}

/** The same bytes each time, as WOFF2. Throws where the source lacks a character. */
export async function makeFont(font: Font): Promise<Buffer> {
  const source = await readFile(new URL(import.meta.resolve(font.source)));
  const needed = await neededCharacters();
  const made = await subsetFont(source, [...needed].join(''), {
    variationAxes: font.variationAxes,
    keepFeatures: font.keepFeatures,
    noHinting: true,
    targetFormat: 'woff2',
  });
  const lacking = needed.difference(await charactersOf(made));
  if (lacking.size > 0) throw new Error(`${font.source} lacks ${[...lacking].join(' ')}`);
  return made;
}

export const fontFile = ({ name }: Font): string =>
  fileURLToPath(new URL(`../client/ui/fonts/${name}.woff2`, import.meta.url));
