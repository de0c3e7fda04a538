import type { Colour } from '../base/colour.ts';
import { hashText } from '../base/random.ts';
import { meaningOf, namedColour } from './vocabulary.ts';
import type { Feature, Meaning, Setting, Style, Time, Weather } from './vocabulary.ts';

/** What a prompt asks to see. */
export interface Scene {
  /** Absent where the prompt names none; the painter then chooses. */
  setting: Setting | undefined;
  features: ReadonlySet<Feature>;
  time: Time | undefined;
  weather: ReadonlySet<Weather>;
  styles: ReadonlySet<Style>;
  /** Colours of the light, in the order named. */
  ambient: readonly Colour[];
  /** The colour said of the land, as in "green hills". */
  land: Colour | undefined;
  /** Colours said of a thing, as in "red balloon". */
  accents: ReadonlyMap<Feature, Colour>;
  /** Same prompt (letter case and spaces aside), same number. */
  hash: number;
}

const JOINED =
  /\b(blue hour|golden hour|black and white|film grain|medium format|still life|northern lights|milky way|full moon)\b/g;
const WORDS_BETWEEN_COLOUR_AND_THING = 3;
const STUDIO: ReadonlySet<Setting> = new Set(['still-life', 'portrait', 'abstract', 'space']);
/** Of two settings out of doors the one listed first is drawn; the other's features are kept. */
const OUTDOORS: readonly Setting[] = ['city', 'desert', 'forest', 'mountains', 'coast', 'field'];

/** Finds the words of the vocabulary in a prompt in any spelling of case; unknown words only move the hash. */
export function readPrompt(prompt: string): Scene {
  const text = prompt.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  const joined = text
    .replace(/black & white|b&w/g, 'black-and-white')
    .replace(JOINED, (words) => words.replaceAll(' ', '-'));
  const words = joined.match(/[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*/gu) ?? [];
  const tokens = words.flatMap((word) => (meaningOf(word) === undefined ? word.split('-') : [word]));
  const meanings = tokens.map(meaningOf);
  const found = meanings.filter((meaning) => meaning !== undefined);
  const features = new Set(found.flatMap((meaning) => meaning.features ?? []));
  return {
    setting: chooseSetting(found, features),
    features,
    time: found.find((meaning) => meaning.time !== undefined)?.time,
    weather: new Set(found.flatMap((meaning) => meaning.weather ?? [])),
    styles: new Set(found.flatMap((meaning) => meaning.style ?? [])),
    ...bindColours(tokens, meanings),
    hash: hashText(text),
  };
}

function chooseSetting(meanings: readonly Meaning[], features: ReadonlySet<Feature>): Setting | undefined {
  const settings = meanings.flatMap((meaning) => meaning.setting ?? []);
  const first = settings[0];
  const vessel = features.has('vase') || features.has('bowl');
  if (vessel || settings.includes('portrait')) return vessel ? 'still-life' : 'portrait';
  if (first !== undefined && STUDIO.has(first)) return first;
  const outdoors = OUTDOORS.find((setting) => settings.includes(setting));
  if (outdoors !== undefined) return outdoors;
  if (first !== undefined) return first;
  if (features.has('flowers') || features.has('house') || features.has('trees')) return 'field';
  return undefined;
}

function bindColours(
  tokens: readonly string[],
  meanings: readonly (Meaning | undefined)[],
): Pick<Scene, 'ambient' | 'land' | 'accents'> {
  const ambient: Colour[] = [];
  const accents = new Map<Feature, Colour>();
  let land: Colour | undefined;
  for (const [index, token] of tokens.entries()) {
    const colour = namedColour(token);
    if (colour === undefined) continue;
    const next = meanings.slice(index + 1, index + 1 + WORDS_BETWEEN_COLOUR_AND_THING);
    const meant = next.find((meaning) => meaning !== undefined && thingOf(meaning) !== undefined);
    const thing = meant && thingOf(meant);
    if (thing === undefined) ambient.push(colour);
    else if (thing === 'land') land ??= colour;
    else if (!accents.has(thing)) accents.set(thing, colour);
  }
  return { ambient, land, accents };
}

/** What of the picture a colour before this word is said of; nothing for words that mean the whole of it. */
function thingOf({ setting, features }: Meaning): Feature | 'land' | undefined {
  const thing = features?.findLast((feature) => COLOURED.has(feature));
  return thing ?? (setting !== undefined && LAND.has(setting) && features === undefined ? 'land' : undefined);
}

const LAND: ReadonlySet<Setting> = new Set(['mountains', 'forest', 'field', 'desert']);
const COLOURED: ReadonlySet<Feature> = new Set([
  'water',
  'lighthouse',
  'house',
  'boat',
  'balloon',
  'trees',
  'flowers',
  'moon',
  'sun',
  'aurora',
  'planet',
  'vase',
  'bowl',
  'bottle',
  'cup',
  'fruit',
]);
