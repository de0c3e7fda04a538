import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLanguage, showTables } from './language.ts';
import { messages } from './messages.ts';
import { german } from './messages-german.ts';

const load = async (language: string) => (language === 'de' ? german : {});
const start = (wanted: readonly string[], load_: typeof load = load) =>
  createLanguage({ document, storage: localStorage, wanted, load: load_ });

beforeEach(() => localStorage.clear());
afterEach(() => showTables({}));

describe('the language of the page', () => {
  it.each([
    [['de-AT', 'en'], 'de', 'Generieren'],
    [['fr', 'de'], 'de', 'Generieren'],
    [['en-GB', 'de'], 'en', 'Generate'],
    [['fr'], 'en', 'Generate'],
    [[], 'en', 'Generate'],
  ] as const)('is for a browser that asks for %j: %s', async (wanted, language, generate) => {
    const choice = start(wanted);
    await choice.ready;
    expect(choice.current()).toBe(language);
    expect(document.documentElement.lang).toBe(language);
    expect(messages.form.generate).toBe(generate);
  });

  it('is remembered once it was chosen, whatever the browser asks for', async () => {
    const choice = start(['en']);
    await choice.ready;
    expect(await choice.choose('de')).toBe(true);
    const later = start(['en']);
    await later.ready;
    expect(later.current()).toBe('de');
  });

  it('is that of the browser where storage cannot be read', async () => {
    const broken = () => {
      throw new Error('NS_ERROR_FILE_CORRUPTED');
    };
    const storage = { getItem: broken } as unknown as Storage;
    const choice = createLanguage({ document, storage, wanted: ['de'], load });
    await choice.ready;
    expect(choice.current()).toBe('de');
  });

  it('stays as it is where the texts do not come, and says so', async () => {
    const choice = start(['en'], async (language) => {
      if (language === 'de') throw new Error('offline');
      return {};
    });
    await choice.ready;
    expect(await choice.choose('de')).toBe(false);
    expect([choice.current(), messages.form.generate]).toEqual(['en', 'Generate']);
  });
});
