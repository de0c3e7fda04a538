/** The caps on spending, as a caller meets them. */
import { expect, it, onTestFinished } from 'vitest';
import { credits, generateVariables, generate, signUp } from './support/api.ts';
import { startTestApp } from './support/start-app.ts';

const document = 'mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }';

async function start(env: Record<string, string>) {
  const app = await startTestApp({ SIGNUP_CREDITS: '100', ...env });
  onTestFinished(() => app.remove());
  const caller = await signUp(app.url);
  const refused = async (input: object = {}) => {
    const { errors } = await caller.post(document, generateVariables(input));
    return errors?.[0];
  };
  return { app, caller, refused };
}

it('refuses a charge beyond the limit of a user, and says when it is possible again', async () => {
  const { app, caller, refused } = await start({ DAILY_CREDIT_LIMIT: '3' });
  await generate(caller);
  const error = await refused();
  expect(error).toMatchObject({
    message: expect.stringContaining('You may spend 3 credits a day (UTC)'),
    extensions: { code: 'DAILY_LIMIT_REACHED' },
  });
  const untilMidnightS = Math.ceil((86_400_000 - (Date.now() % 86_400_000)) / 1000);
  expect(Math.abs(error!.extensions.retryAfter! - untilMidnightS)).toBeLessThan(30);
  expect(await credits(caller)).toBe(98);
  const other = await signUp(app.url);
  await generate(other);
});

it('names no time where the price is above the limit of a day', async () => {
  const { caller, refused } = await start({ DAILY_CREDIT_LIMIT: '1' });
  expect((await refused())!.extensions).toEqual({ code: 'DAILY_LIMIT_REACHED' });
  expect(await credits(caller)).toBe(100);
});

it('refuses every user beyond the limit of the installation', async () => {
  const { app, caller } = await start({ DAILY_CREDIT_LIMIT_TOTAL: '3' });
  await generate(caller);
  const { errors } = await (await signUp(app.url)).post(document, generateVariables());
  expect(errors).toMatchObject([
    {
      message: expect.stringContaining('All users of this installation together may spend 3 credits a day'),
      extensions: { code: 'DAILY_LIMIT_REACHED', retryAfter: expect.any(Number) },
    },
  ]);
});
