import { createHash } from 'node:crypto';
import { hex, type Colour } from './colour.ts';

export type Setting = 'coast' | 'mountains' | 'desert' | 'field' | 'still-life';
export type Time = 'dawn' | 'day' | 'dusk' | 'blue-hour' | 'night';
export type Vessel = 'vase' | 'bowl' | 'bottle' | 'cup';
type Feature =
  Vessel | 'fruit' | 'land' | 'water' | 'lighthouse' | 'moon' | 'sun' | 'stars' | 'clouds' | 'fog' | 'snow';

/** What a prompt asks to see. */
export interface Scene {
  /** Absent where the prompt names none; the painter then chooses. */
  setting: Setting | undefined;
  features: ReadonlySet<Feature>;
  time: Time | undefined;
  blackAndWhite: boolean;
  /** Colours of the light, in the order named. */
  ambient: readonly Colour[];
  /** Colours said of a thing, as in "red bottle" or "green hills". */
  accents: ReadonlyMap<Feature, Colour>;
  /** Same prompt (letter case and spaces aside), same number. */
  hash: number;
}

/** What one word, or words joined by a hyphen, adds to the scene. */
type Meaning = { [Name in 'setting' | 'time' | 'blackAndWhite']?: Scene[Name] } & { feature?: Feature };

const meanings = new Map<string, Meaning>();
function define(words: string, meaning: Meaning): void {
  for (const word of words.split(' ')) meanings.set(word, meaning);
}

define('sea ocean coast beach bay wave harbour island boat', { setting: 'coast', feature: 'water' });
define('lighthouse beacon', { setting: 'coast', feature: 'lighthouse' });
define('mountain peak alps alpine summit ridge valley forest', { setting: 'mountains', feature: 'land' });
define('lake pond river reflection', { setting: 'mountains', feature: 'water' });
define('desert dune sahara sand', { setting: 'desert', feature: 'land' });
define('field meadow farm prairie grass hill countryside', { setting: 'field', feature: 'land' });
define('vase urn jug pitcher pottery ceramic porcelain flower', { setting: 'still-life', feature: 'vase' });
define('bowl dish', { setting: 'still-life', feature: 'bowl' });
define('bottle flask wine perfume', { setting: 'still-life', feature: 'bottle' });
define('cup mug coffee tea', { setting: 'still-life', feature: 'cup' });
define('fruit apple pear peach plum cherry', { setting: 'still-life', feature: 'fruit' });
define('still-life table studio product', { setting: 'still-life' });
define('sky cloud', { feature: 'clouds' });
define('star starry milky-way', { feature: 'stars', time: 'night' });
define('moon moonlight moonlit full-moon', { feature: 'moon', time: 'night' });
define('sun sunlight', { feature: 'sun' });
define('fog mist haze foggy misty hazy', { feature: 'fog' });
define('snow snowy winter frost ice icy', { feature: 'snow' });
define('dawn sunrise morning', { time: 'dawn' });
define('day noon midday daylight afternoon sunny summer', { time: 'day' });
define('dusk sunset evening golden-hour twilight', { time: 'dusk' });
define('blue-hour', { time: 'blue-hour' });
define('night midnight dark', { time: 'night' });
define('black-and-white monochrome greyscale grayscale', { blackAndWhite: true });

/** The colours that words in lower case name. */
export const colours = new Map<string, Colour>();
for (const [names, code] of [
  ['red crimson scarlet ruby', '#c8322b'],
  ['orange amber copper rust', '#e07b2c'],
  ['gold golden yellow ochre', '#d9a53a'],
  ['green emerald', '#3f9a5c'],
  ['olive moss', '#7b8540'],
  ['mint celadon sage', '#93c4a5'],
  ['teal turquoise cyan', '#2a9a9b'],
  ['blue azure', '#2f74c8'],
  ['cobalt navy sapphire indigo', '#1f469c'],
  ['violet purple lilac lavender', '#8658b8'],
  ['magenta pink rose coral', '#e0648f'],
  ['peach apricot salmon', '#f2ab86'],
  ['brown chocolate sepia', '#7d5238'],
  ['white ivory cream', '#f3f1ec'],
  ['black', '#1b1b1f'],
  ['grey gray silver', '#9a9ca0'],
] as const) {
  for (const name of names.split(' ')) colours.set(name, hex(code));
}

const JOINED = /\b(blue hour|golden hour|black and white|still life|milky way|full moon)\b/g;
const WORDS_BETWEEN_COLOUR_AND_THING = 3;
/** A colour before one of these is said of the light. */
const IN_THE_AIR: ReadonlySet<Feature> = new Set<Feature>(['stars', 'clouds', 'fog', 'snow']);
/** Of two settings the one listed first is drawn; the other's features are drawn too. */
const SETTINGS: readonly Setting[] = ['still-life', 'desert', 'mountains', 'coast', 'field'];

/** Finds the words it knows in a prompt in any spelling of case; unknown words only move the hash. */
export function readPrompt(prompt: string): Scene {
  const text = prompt.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  const joined = text.replace(JOINED, (words) => words.replaceAll(' ', '-'));
  const words = joined.match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu) ?? [];
  const tokens = words.flatMap((word) => (meaningOf(word) === undefined ? word.split('-') : [word]));
  const found = tokens.flatMap((token) => meaningOf(token) ?? []);
  return {
    setting: SETTINGS.find((each) => found.some(({ setting }) => setting === each)),
    features: new Set(found.flatMap(({ feature }) => feature ?? [])),
    time: found.find(({ time }) => time !== undefined)?.time,
    blackAndWhite: found.some(({ blackAndWhite }) => blackAndWhite),
    ...bindColours(tokens),
    hash: createHash('sha256').update(text).digest().readInt32LE(),
  };
}

/** The meaning of a word in lower case, or of a plural of it. */
function meaningOf(word: string): Meaning | undefined {
  const singulars = [word, word.replace(/s$/, ''), word.replace(/es$/, ''), word.replace(/ies$/, 'y')];
  return singulars.map((each) => meanings.get(each)).find((meaning) => meaning !== undefined);
}

function bindColours(tokens: readonly string[]): Pick<Scene, 'ambient' | 'accents'> {
  const ambient: Colour[] = [];
  const accents = new Map<Feature, Colour>();
  for (const [index, token] of tokens.entries()) {
    const colour = colours.get(token);
    if (colour === undefined) continue;
    const next = tokens.slice(index + 1, index + 1 + WORDS_BETWEEN_COLOUR_AND_THING);
    const thing = next.map((each) => meaningOf(each)?.feature).find((each) => each && !IN_THE_AIR.has(each));
    if (thing === undefined) ambient.push(colour);
    else if (!accents.has(thing)) accents.set(thing, colour);
  }
  return { ambient, accents };
}
