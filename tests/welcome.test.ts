/** Welcome credits belong to the creation of an account. */
import { expect, it, onTestFinished } from 'vitest';
import { startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { createLogger } from '../server/lib/logger.ts';
import { createCaller, credits, type Caller } from './support/api.ts';
import { prepareInstallation } from './support/installation.ts';

// Turns red where a sign-in grants what is set at that time.
it('pays no account of before when SIGNUP_CREDITS is raised', async () => {
  const { variables, remove } = await prepareInstallation({});
  onTestFinished(remove);
  const start = (signupCredits: string) =>
    startApp(readConfig({ ...variables, SIGNUP_CREDITS: signupCredits }), createLogger('fatal'));
  const account = { name: 'Tester', email: 'before@example.test', password: 'correct horse battery' };
  const post = async (url: string, action: string, body: object) => {
    const answer = await fetch(`${url}/api/auth/${action}/email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    expect(text).not.toContain('welcomeDue');
    return createCaller(url, (JSON.parse(text) as { token?: string }).token) as Caller;
  };

  const before = await start('0');
  await post(before.url, 'sign-up', account);
  await before.close();
  const after = await start('20');
  onTestFinished(() => after.close());
  expect(await credits(await post(after.url, 'sign-in', account))).toBe(0);
  const later = { ...account, email: 'after@example.test', welcomeDue: 1_000 };
  expect(await credits(await post(after.url, 'sign-up', later))).toBe(20);
});
