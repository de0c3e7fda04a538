import { expect, it } from 'vitest';
import { languageOf } from '../lib/accepted-language.ts';
import { writeMail } from './texts.ts';

it.each([
  [undefined, 'en'],
  ['de', 'de'],
  ['de-AT, en;q=0.5', 'de'],
  ['fr, en;q=0.3, de;q=0.7', 'de'],
  ['de;q=0, en', 'en'],
  ['*', 'en'],
])('takes the language of Accept-Language %s for %s', (header, language) => {
  expect(languageOf(header)).toBe(language);
});

it('writes the link into the text, and escaped into the HTML', () => {
  const link = 'https://app.example/reset-password?token=a&b="c"';
  const mail = writeMail('resetPassword', 'de', 'a@example.test', link);
  expect(mail).toMatchObject({ to: 'a@example.test', subject: 'Neues Passwort wählen', link });
  expect(mail.text).toContain(`\n${link}\n`);
  expect(mail.html).toContain('href="https://app.example/reset-password?token=a&amp;b=&quot;c&quot;"');
  expect(mail.html).toContain('lang="de"');
});
