import { describe, expect, it } from 'vitest';
import { namedColour } from './vocabulary.ts';
import { readPrompt } from './words.ts';

describe('reading a prompt', () => {
  it('finds the place, the time, the weather and the style', () => {
    const scene = readPrompt('Foggy Mountains at DAWN, black and white, film grain');
    expect(scene).toMatchObject({ setting: 'mountains', time: 'dawn' });
    expect(scene.weather).toEqual(new Set(['fog']));
    expect(scene.styles).toEqual(new Set(['black-and-white', 'film']));
  });

  it('takes the blue hour for a time and not for a colour', () => {
    const scene = readPrompt('An island at blue hour');
    expect(scene.time).toBe('blue-hour');
    expect(scene.ambient).toEqual([]);
  });

  it.each([
    ['a vase with poppies by the sea', 'still-life'],
    ['a city in the mountains', 'city'],
    ['a house by the sea', 'coast'],
    ['a house with a garden', 'field'],
    ['Saturn over the sea', 'space'],
    ['portrait of a man in the desert', 'portrait'],
  ])('draws one place where several are named: %s', (prompt, setting) => {
    expect(readPrompt(prompt).setting).toBe(setting);
  });

  it('names no place where the prompt names none', () => {
    expect(readPrompt('quarterly results').setting).toBeUndefined();
    expect(readPrompt('').setting).toBeUndefined();
  });

  it('says a colour of the thing it stands before', () => {
    const scene = readPrompt('a red hot-air balloon over green hills, violet haze');
    expect(scene.accents.get('balloon')).toEqual(namedColour('red'));
    expect(scene.land).toEqual(namedColour('green'));
    expect(scene.ambient).toEqual([namedColour('violet')]);
  });

  it('knows plurals', () => {
    expect(readPrompt('cherries').features).toContain('fruit');
    expect(readPrompt('lighthouses').features).toContain('lighthouse');
  });

  it('does not tell letter case and spacing apart', () => {
    expect(readPrompt('  A  Red\nBoat ')).toEqual(readPrompt('a red boat'));
  });
});
