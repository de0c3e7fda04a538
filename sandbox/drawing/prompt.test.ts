import { describe, expect, it } from 'vitest';
import { colours, readPrompt } from './prompt.ts';

describe('reading a prompt', () => {
  it('finds the place, the time, the weather and the style', () => {
    const scene = readPrompt('Foggy Mountains at DAWN, black and white');
    expect(scene).toMatchObject({ setting: 'mountains', time: 'dawn', blackAndWhite: true });
    expect(scene.features).toContain('fog');
  });

  it('takes the blue hour for a time and not for a colour', () => {
    const scene = readPrompt('An island at blue hour');
    expect(scene.time).toBe('blue-hour');
    expect(scene.ambient).toEqual([]);
  });

  it.each([
    ['a vase with poppies by the sea', 'still-life'],
    ['a house by the sea', 'coast'],
    ['a meadow in the mountains', 'mountains'],
    ['a bowl of fruit in the desert', 'still-life'],
  ])('draws one place where several are named: %s', (prompt, setting) => {
    expect(readPrompt(prompt).setting).toBe(setting);
  });

  it('names no place where the prompt names none', () => {
    expect(readPrompt('quarterly results').setting).toBeUndefined();
    expect(readPrompt('').setting).toBeUndefined();
  });

  it('says a colour of the thing it stands before', () => {
    const scene = readPrompt('a red striped lighthouse over green hills, violet haze');
    expect(scene.accents.get('lighthouse')).toEqual(colours.get('red'));
    expect(scene.accents.get('land')).toEqual(colours.get('green'));
    expect(scene.ambient).toEqual([colours.get('violet')]);
  });

  it('knows plurals', () => {
    expect(readPrompt('cherries').features).toContain('fruit');
    expect(readPrompt('lighthouses').features).toContain('lighthouse');
  });

  it('does not tell letter case and spacing apart', () => {
    expect(readPrompt('  A  Red\nBoat ')).toEqual(readPrompt('a red boat'));
  });
});
