import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { showTables } from './language.ts';
import { lazyMessages } from './lazy-messages.ts';
import { messages } from './messages.ts';
import { german } from './messages-german.ts';

/** Every fixed text with its path. */
function texts(table: object, path = ''): [string, string][] {
  return Object.entries(table).flatMap(([key, value]): [string, string][] => {
    const at = path ? `${path}.${key}` : key;
    if (typeof value === 'string') return [[at, value]];
    return typeof value === 'object' ? texts(value as object, at) : [];
  });
}

describe('the German texts', () => {
  beforeEach(() => showTables(german));
  afterEach(() => showTables({}));

  it('write numbers, percentages, sizes and dates as German does', () => {
    expect(messages.prompt.used(1899, 2000)).toBe('1.899 von 2.000 Zeichen verwendet');
    expect(messages.format.percent(46)).toBe('46\u00a0%');
    expect(messages.format.megabytes(6_500_000)).toBe('6,2 MB');
    expect(messages.format.day(new Date(2026, 2, 1), true)).toBe('1. März');
    expect(messages.references.alreadyThere(['a.png', 'b.png'])).toBe(
      'a.png und b.png sind schon in der Liste.',
    );
  });

  it('know one from many', () => {
    expect([messages.credits(1), messages.credits(8)]).toEqual(['1 Credit', '8 Credits']);
    expect(messages.references.tooMany(1, 1)).toBe('Es passt nur 1 Bild. Eines wurde weggelassen.');
    expect(messages.references.tooMany(4, 2)).toBe('Es passen nur 4 Bilder. 2 wurden weggelassen.');
    expect(lazyMessages.refund.full(1)).toBe('Dein 1 Credit ist zurück.');
    expect(lazyMessages.refusal.tooManyActive(1, true)).toBe(
      'Es läuft schon 1 Auftrag. Dieser startet, sobald ein Platz frei ist.',
    );
  });

  it('leave none out and none in English', () => {
    const inGerman = new Map(texts(german));
    showTables({});
    const inEnglish = texts({ first: messages, later: lazyMessages });
    // The same word in both languages.
    const shared = new Set([
      'Proofsheet',
      'Webhooks',
      'Prompt',
      'live',
      'Name',
      'Remix',
      'Seed',
      'WebP',
      'JPEG',
      'PNG',
    ]);
    expect(inEnglish.filter(([path, text]) => inGerman.get(path) === text && !shared.has(text))).toEqual([]);
    expect([...inGerman.values()].filter((text) => text.trim() === '')).toEqual([]);
  });
});
