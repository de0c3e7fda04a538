import { describe, expect, it } from 'vitest';
import { hasStyle, toggleStyle } from './styles.ts';

describe('the words of a style', () => {
  it('are appended, and removed again', () => {
    const prompt = toggleStyle('A red kite', 'watercolour');
    expect(prompt).toBe('A red kite, watercolour');
    expect(toggleStyle(prompt, 'watercolour')).toBe('A red kite');
    expect(toggleStyle('A red kite, ', '35 mm photo')).toBe('A red kite, 35 mm photo');
    expect(toggleStyle('', 'watercolour')).toBe('watercolour');
  });

  it('are removed from between others, and nothing else is', () => {
    expect(toggleStyle('A kite, watercolour, at dusk', 'watercolour')).toBe('A kite, at dusk');
    expect(toggleStyle('Watercolour, a kite', 'watercolour')).toBe('a kite');
  });

  it('are not found inside of other words', () => {
    expect(hasStyle('A watercolour box', 'watercolour')).toBe(false);
    expect(hasStyle('A kite, isometric', 'isometric')).toBe(true);
  });
});
