import { afterEach, expect, it } from 'vitest';
import { showTables } from '../i18n/language.ts';
import { german } from '../i18n/messages-german.ts';
import { pageName } from './pages.ts';

afterEach(() => showTables({}));

it('names the pages in the language of the page, and an unknown one as the first', () => {
  expect(['/', '/history', '/nowhere'].map(pageName)).toEqual(['Create', 'History', 'Create']);
  showTables(german);
  expect(['/', '/history', '/nowhere'].map(pageName)).toEqual(['Erstellen', 'Verlauf', 'Erstellen']);
});
