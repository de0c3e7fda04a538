import { hex, type Colour } from '../base/colour.ts';

/** What the picture is of. The last three are made in the studio, the others outdoors. */
export type Setting =
  | 'coast'
  | 'mountains'
  | 'forest'
  | 'desert'
  | 'city'
  | 'field'
  | 'space'
  | 'still-life'
  | 'portrait'
  | 'abstract';
export type Feature =
  | 'water'
  | 'river'
  | 'island'
  | 'lighthouse'
  | 'house'
  | 'boat'
  | 'balloon'
  | 'trees'
  | 'flowers'
  | 'stars'
  | 'moon'
  | 'sun'
  | 'aurora'
  | 'birds'
  | 'cat'
  | 'figure'
  | 'planet'
  | 'vase'
  | 'bowl'
  | 'bottle'
  | 'cup'
  | 'fruit'
  | 'clouds'
  | 'beach'
  | 'tall'
  | 'ribbed'
  | 'geometric';
export type Time = 'dawn' | 'day' | 'dusk' | 'blue-hour' | 'night';
export type Weather = 'fog' | 'rain' | 'snow' | 'storm';
export type Style =
  'minimal' | 'watercolour' | 'film' | 'black-and-white' | 'neon' | 'sketch' | 'pastel' | 'faded';

/** What one word, or words joined by a hyphen, adds to the scene. */
export interface Meaning {
  setting?: Setting;
  features?: readonly Feature[];
  time?: Time;
  weather?: Weather;
  style?: Style;
}

const meanings = new Map<string, Meaning>();
function define(words: string, meaning: Meaning): void {
  for (const word of words.split(' ')) meanings.set(word, meaning);
}

define('sea ocean coast seaside seascape bay waves wave harbour harbor lagoon fjord marina pier', {
  setting: 'coast',
  features: ['water'],
});
define('water', { features: ['water'] });
define('beach shore shoreline sand-bar cove', { setting: 'coast', features: ['water', 'beach'] });
define('island archipelago islet', { setting: 'coast', features: ['water', 'island'] });
define('lighthouse beacon', { setting: 'coast', features: ['water', 'lighthouse'] });
define('boat sailboat ship yacht sail dinghy regatta', { setting: 'coast', features: ['water', 'boat'] });
define('cliff basalt rocks', { setting: 'coast', features: ['water', 'island'] });
define('mountain peak alps alpine summit ridge himalaya glacier volcano range', { setting: 'mountains' });
define('lake pond tarn reflection mirror', { setting: 'mountains', features: ['water'] });
define('river stream creek waterfall', { setting: 'mountains', features: ['river'] });
define('valley canyon', { setting: 'mountains' });
define('forest woods wood woodland pine spruce jungle', { setting: 'forest', features: ['trees'] });
define('tree fir cypress birch oak', { features: ['trees'] });
define('desert dune sahara sand camel oasis mars', { setting: 'desert' });
define('city skyline downtown metropolis cityscape skyscraper urban street building tokyo manhattan', {
  setting: 'city',
});
define('york london berlin paris shanghai cyberpunk', { setting: 'city' });
define('tower', { setting: 'city', features: ['tall'] });
define('field meadow farm prairie grass hill countryside pasture vineyard wheat grassland village', {
  setting: 'field',
});
define('flower blossom poppy tulip lavender-field wildflower daisy rose sunflower bloom bouquet', {
  features: ['flowers'],
});
define('house cottage cabin barn home hut chalet farmhouse', { features: ['house'] });
define('balloon airship', { features: ['balloon'] });
define('sky cloud heaven', { features: ['clouds'] });
define('star starry stars milky-way constellation', { features: ['stars'] });
define('moon moonlight moonlit full-moon crescent', { features: ['moon'], time: 'night' });
define('sun sunlight', { features: ['sun'] });
define('aurora northern-lights borealis', { features: ['aurora', 'stars'], time: 'night' });
define('bird gull seagull crane swallow geese flock crow', { features: ['birds'] });
define('cat kitten kitty', { features: ['cat'] });
define(
  'hiker wanderer traveller traveler walker person figure man woman girl boy child monk astronaut explorer',
  {
    features: ['figure'],
  },
);
define('space planet galaxy nebula cosmos universe saturn jupiter orbit interstellar spaceship cosmic', {
  setting: 'space',
  features: ['planet', 'stars'],
});
define('vase urn jug pitcher pottery ceramic porcelain pot amphora celadon', {
  setting: 'still-life',
  features: ['vase'],
});
define('bowl dish', { setting: 'still-life', features: ['bowl'] });
define('bottle perfume flask wine potion cosmetic', { setting: 'still-life', features: ['bottle'] });
define('cup mug coffee tea teacup', { setting: 'still-life', features: ['cup'] });
define('fruit apple pear peach lemon plum cherry grape lime pomegranate tomato', {
  setting: 'still-life',
  features: ['fruit'],
});
define('still-life table studio product', { setting: 'still-life' });
define('portrait face headshot selfie', { setting: 'portrait' });
define('abstract gradient composition', { setting: 'abstract' });
define('geometry geometric shapes pattern bauhaus cubist circle lines', {
  setting: 'abstract',
  features: ['geometric'],
});
define('ribbed fluted', { features: ['ribbed'] });
define('dawn sunrise morning daybreak', { time: 'dawn' });
define('day noon midday daylight afternoon sunny summer', { time: 'day' });
define('dusk sunset evening golden-hour twilight autumn', { time: 'dusk' });
define('blue-hour', { time: 'blue-hour' });
define('night midnight nocturne dark nighttime', { time: 'night', features: ['stars'] });
define('fog mist haze foggy misty hazy', { weather: 'fog' });
define('rain rainy drizzle shower wet monsoon', { weather: 'rain' });
define('snow snowy winter blizzard frost ice icy snowfall frozen', { weather: 'snow' });
define('storm stormy thunder thunderstorm lightning tempest', { weather: 'storm' });
define('minimal minimalist minimalistic simple flat', { style: 'minimal' });
define('watercolour watercolor aquarelle painting painted gouache impressionist oil', {
  style: 'watercolour',
});
define('film grain film-grain analog analogue 35mm kodak medium-format grainy cinematic', { style: 'film' });
define('black-and-white monochrome greyscale grayscale bw noir', { style: 'black-and-white' });
define('neon synthwave vaporwave retrowave', { style: 'neon' });
define('sketch pencil drawing charcoal etching', { style: 'sketch' });
define('pastel soft dreamy', { style: 'pastel' });
define('vintage retro faded polaroid nostalgic', { style: 'faded' });

const colours = new Map<string, Colour>();
for (const [names, code] of [
  ['red crimson scarlet ruby oxblood vermilion', '#c8322b'],
  ['orange tangerine amber copper rust', '#e07b2c'],
  ['gold golden ochre mustard', '#d9a53a'],
  ['yellow', '#ecc94b'],
  ['green emerald', '#3f9a5c'],
  ['olive moss', '#7b8540'],
  ['mint celadon sage', '#93c4a5'],
  ['teal turquoise', '#2a9a9b'],
  ['cyan aqua', '#3fc3d8'],
  ['blue azure', '#2f74c8'],
  ['cobalt navy sapphire', '#1f469c'],
  ['indigo', '#453c9c'],
  ['violet purple lilac lavender mauve', '#8658b8'],
  ['magenta fuchsia', '#c83a96'],
  ['pink rose coral', '#e8849a'],
  ['peach apricot salmon', '#f2ab86'],
  ['brown chocolate sepia umber', '#7d5238'],
  ['beige cream ivory', '#e8dcc2'],
  ['white', '#f3f1ec'],
  ['black', '#1b1b1f'],
  ['grey gray silver', '#9a9ca0'],
] as const) {
  for (const name of names.split(' ')) colours.set(name, hex(code));
}

/** The meaning of a word in lower case, or of a plural of it. */
export function meaningOf(word: string): Meaning | undefined {
  return (
    meanings.get(word) ??
    meanings.get(word.replace(/s$/, '')) ??
    meanings.get(word.replace(/es$/, '')) ??
    meanings.get(word.replace(/ies$/, 'y'))
  );
}

/** The colour a word in lower case names. */
export function namedColour(word: string): Colour | undefined {
  return colours.get(word) ?? colours.get(word.replace(/ish$/, ''));
}
