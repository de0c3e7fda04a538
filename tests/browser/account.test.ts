/** The flows of accounts, with the mails that a real SMTP server gets and a real issuer of OpenID Connect. */
import { readFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInviteService } from '../../server/auth/invites.ts';
import { openMailbox } from '../support/mailbox.ts';
import { openIssuer } from '../support/oidc-issuer.ts';
import { signUpInPage } from './browser.ts';
import { allowErrors, app, context, openPage, page, restartApp, useApp } from './fixture.ts';
import { sidewaysPx, signUpByApi } from './steps.ts';

const mailbox = await openMailbox();
const issuer = await openIssuer({ ada: { email: 'ada@example.test', email_verified: true, name: 'Ada' } });
useApp({ ...mailbox.variables, ...issuer.variables });
beforeAll(() => issuer.redirectTo(`${app.url}/api/auth/callback/oidc`));
afterAll(async () => {
  await mailbox.close();
  await issuer.close();
});

const password = 'correct horse battery';
const newPassword = 'staple battery horse';
const dialog = () => page.getByRole('dialog');
const button = (name: string) => page.getByRole('button', { name, exact: true });

/** Each width with a theme: the themes differ in colours, which are the same at every width. */
const appearances = [
  { width: 320, colorScheme: 'dark' },
  { width: 768, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
] as const;

/** axe finds nothing, and nothing is to be scrolled sideways to. */
const expectAccessible = async (name: string) => {
  const found: Record<string, unknown> = {};
  for (const { width, colorScheme } of appearances) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const faults = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    const sideways = await sidewaysPx(page);
    if (faults.length > 0 || sideways > 0) found[`${width} px, ${colorScheme}`] = { faults, sideways };
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  expect(found, name).toEqual({});
};

/** The same page in German, without the session. */
async function expectAccessibleInGerman(url: string, name: string, heading: string): Promise<void> {
  await openPage({ locale: 'de-DE' });
  await page.goto(url);
  await page.getByRole('heading', { name: heading }).waitFor();
  await page.getByRole('main').getByRole('button').first().waitFor();
  await expectAccessible(`${name}-german`);
}

async function openAccount(options?: Parameters<typeof openPage>[0]): Promise<string> {
  await openPage(options);
  const email = await signUpByApi(context, app.url);
  await page.goto(`${app.url}/account`);
  await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
  return email;
}

describe('a forgotten password', () => {
  it('is replaced by the link of a mail', async () => {
    await openPage();
    await page.goto(app.url);
    const email = await signUpInPage(page);
    await context.clearCookies();
    await page.goto(app.url);
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
    await dialog().getByRole('button', { name: 'Forgot your password?' }).click();
    await dialog().getByLabel('Email').fill(email);
    await expectAccessible('forgot');
    await dialog().getByRole('button', { name: 'Send the link' }).click();
    await dialog().getByText(`If ${email} has an account`).waitFor();
    await expectAccessible('mail-sent');

    const { link } = await mailbox.next(email, /Choose a new password/);
    await expectAccessibleInGerman(link!, 'reset', 'Neues Passwort wählen');
    await openPage();
    await page.goto(link!);
    await page.getByLabel('New password', { exact: true }).fill('short');
    await button('Save the password').click();
    await page.getByText('The password needs at least 8 characters.').waitFor();
    await page.getByLabel('New password', { exact: true }).fill(newPassword);
    await expectAccessible('reset');
    await button('Save the password').click();
    await page.getByText('Your new password is saved').waitFor();
    expect(page.url()).toBe(`${app.url}/reset-password`);
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await dialog().getByLabel('Email').fill(email);
    await dialog().getByLabel('Password').fill(newPassword);
    await dialog().locator('button[type=submit]').click();
    await dialog().waitFor({ state: 'hidden' });

    // The link works once.
    allowErrors('400');
    await page.goto(link!);
    await page.getByLabel('New password', { exact: true }).fill(newPassword);
    await button('Save the password').click();
    await page.getByText('This link has expired or was used already').waitFor();
  });
});

describe('the account page', () => {
  it('confirms the address by the mail of the sign-up', async () => {
    const email = await openAccount();
    await page.getByText('Your address is not confirmed yet.').waitFor();
    await expectAccessible('account-unconfirmed');
    const { link } = await mailbox.next(email, /Confirm your email address/);
    await page.goto(link!);
    await page.getByText('Your address is confirmed.').waitFor();
    await expectAccessible('confirmed');
    await page.goto(`${app.url}/account`);
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor();
    expect(await page.getByText('Your address is not confirmed yet.').count()).toBe(0);
  });

  it('changes name, password and address', async () => {
    const email = await openAccount();
    await button('Change name').click();
    await dialog().getByLabel('Name').fill('Someone Else');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await page.getByRole('definition').getByText('Someone Else').waitFor();

    allowErrors('400');
    await button('Change password').click();
    await dialog().getByLabel('Your password').fill('a wrong one');
    await dialog().getByLabel('New password').fill(newPassword);
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByText('The password is not right.').waitFor();
    await expectAccessible('change-password');
    await dialog().getByLabel('Your password').fill(password);
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'hidden' });

    const next = `next-${email}`;
    await button('Change email').click();
    await dialog().getByLabel('New email').fill(next);
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'hidden' });
    const { link } = await mailbox.next(next, /Confirm/);
    await page.goto(link!);
    await page.getByText('Your address is confirmed.').waitFor();
    await page.goto(`${app.url}/account`);
    await page.getByRole('definition').getByText(next).waitFor();
  });

  it('lists the sessions and ends another one', async () => {
    const email = await openAccount();
    const answer = await fetch(`${app.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'reader/1.0' },
      body: JSON.stringify({ email, password }),
    });
    const { token } = (await answer.json()) as { token: string };
    await page.reload();
    await button('End the session of reader').click();
    await page.getByText('The session has ended.').waitFor();
    await expect.poll(() => button('End the session of reader').count()).toBe(0);
    const session = await fetch(`${app.url}/api/auth/get-session`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(await session.json()).toBeNull();
  });

  it('deletes the account after the password, and its address is free again', async () => {
    const email = await openAccount();
    await button('Delete account').click();
    allowErrors('400', '401');
    await dialog().getByLabel('Your password').fill('a wrong one');
    await expectAccessible('delete');
    await dialog().getByRole('button', { name: 'Delete for good' }).click();
    await dialog().getByText('The password is not right.').waitFor();
    await dialog().getByLabel('Your password').fill(password);
    await dialog().getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Your account is deleted.').waitFor();
    await page.getByText('Sign in to see your account.').waitFor();
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
    await dialog().getByLabel('Email').fill(email);
    await dialog().getByLabel('Password').fill(password);
    await dialog().locator('button[type=submit]').click();
    await dialog().getByText('The email or the password is not right.').waitFor();
  });
});

describe('the export', () => {
  it('downloads everything of the account', async () => {
    await openAccount();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /Download/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('proofsheet-export.zip');
    const bytes = await readFile(await download.path());
    for (const name of ['account.json', 'tasks.json', 'ledger.json']) expect(bytes.includes(name)).toBe(true);
  });
});

describe('the sign-in with another service', () => {
  const leave = async () => {
    // The issuer's pages ask for a font of the internet, and for an icon that is not there.
    await page.route(/^https:/, (route) => route.fulfill({ contentType: 'text/css', body: '' }));
    allowErrors('404');
    await page.goto(app.url);
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^(Sign in|Anmelden)$/ })
      .click();
    await dialog()
      .getByRole('button', { name: /Example Login/ })
      .click();
    await page.locator('input[name=login]').waitFor();
  };

  it('creates an account', async () => {
    await openPage();
    await leave();
    await page.locator('input[name=login]').fill('ada');
    await page.locator('input[name=password]').fill('x');
    await page.locator('button[type=submit]').click();
    // Its question whether the app may know the address.
    await page.locator('input[name=prompt][value=consent]').waitFor({ state: 'attached' });
    await page.locator('button[type=submit]').click();
    await page.waitForURL(`${app.url}/`);
    await page.goto(`${app.url}/account`);
    await page.getByRole('definition').getByText('ada@example.test').waitFor();
    expect(await button('Change password').count()).toBe(0);
  });

  it('says that it was canceled there, or does not respond', async () => {
    await openPage({ locale: 'de-DE' });
    await leave();
    await page.getByRole('link', { name: /Cancel/ }).click();
    await page.getByText('Der Dienst hat dich nicht angemeldet.').waitFor();
    await expectAccessible('sign-in-failed-german');
    await page.goto(`${app.url}/sign-in-failed?error=PROVIDER_UNREACHABLE`);
    await page.getByText('Der Dienst antwortet nicht.').waitFor();
  });
});

describe('a sign-up that needs an invitation and a confirmed address', () => {
  let invitations: string[];
  beforeAll(async () => {
    const env = { SIGNUPS: 'invite', REQUIRE_EMAIL_VERIFICATION: 'on' };
    await restartApp(env, async ({ prisma }) => {
      const { create } = createInviteService({ prisma, publicUrl: '' });
      const expiresAt = new Date(Date.now() + 3_600_000);
      invitations = [(await create({ expiresAt })).link, (await create({ expiresAt })).link];
    });
  });

  /** Signs up by the invitation; resolves to the address of the account. */
  async function signUp(invitation: string): Promise<string> {
    await openPage();
    await page.goto(app.url + invitation);
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
    await dialog().getByRole('button', { name: 'Create an account instead' }).click();
    const email = `invited-${invitations.indexOf(invitation)}@example.test`;
    await dialog().getByLabel('Name').fill('Invited');
    await dialog().getByLabel('Email').fill(email);
    await dialog().getByLabel('Password').fill(password);
    await expectAccessible('sign-up');
    await dialog().getByRole('button', { name: 'Create account' }).click();
    await dialog().getByRole('heading', { name: 'Check your mail' }).waitFor();
    return email;
  }

  it('says so without an invitation', async () => {
    await openPage();
    await page.goto(app.url);
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
    await dialog().getByText('New accounts need an invitation.').waitFor();
  });

  it('ends with the link of the mail and the password, also in another browser', async () => {
    const email = await signUp(invitations[0]!);
    await expectAccessible('sign-up-mail-sent');
    const { link } = await mailbox.next(email, /Confirm/);
    allowErrors('401');
    await expectAccessibleInGerman(link!, 'confirm', 'E-Mail-Adresse bestätigen');
    await openPage();
    await page.goto(link!);
    await page.getByLabel('Password').fill('a wrong one');
    await button('Confirm the address').click();
    await page.getByText('The password is not right.').waitFor();
    await expectAccessible('confirm');
    await page.getByLabel('Password').fill(password);
    await button('Confirm the address').click();
    await page.getByText('Your address is confirmed.').waitFor();
    await page.goto(`${app.url}/account`);
    await page.getByRole('definition').getByText(email).waitFor();
  });

  it('by another person with the address is undone by a new password', async () => {
    const email = await signUp(invitations[1]!);
    const { link } = await mailbox.next(email, /Confirm/);
    await openPage();
    allowErrors('401');
    await page.goto(link!);
    await button('Choose a new password').click();
    await page.getByText(`If ${email} has an account`).waitFor();
    await page.goto((await mailbox.next(email, /Choose a new password/)).link!);
    await page.getByLabel('New password', { exact: true }).fill(newPassword);
    await page.getByLabel(/^Also end API keys/).check();
    const sent = page.waitForRequest(/\/reset-password/);
    await button('Save the password').click();
    expect((await sent).url()).toContain('endOtherAccess=true');
    await page.getByText('Your new password is saved').waitFor();
    await page.goto(link!);
    await page.getByText('Your address is confirmed.').waitFor();
  });
});
