/** Forgotten password, profile, sessions and the deletion of the account, with the mails that a real SMTP server gets. */
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, describe, expect, it } from 'vitest';
import { openMailbox } from '../support/mailbox.ts';
import { signUpInPage } from './browser.ts';
import { allowErrors, app, context, openPage, page, useApp } from './fixture.ts';

const mailbox = await openMailbox();
useApp(mailbox.variables);
afterAll(() => mailbox.close());

const password = 'correct horse battery';
const newPassword = 'staple battery horse';
const dialog = () => page.getByRole('dialog');
const button = (name: string) => page.getByRole('button', { name, exact: true });

const expectAccessible = async () => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
};

async function openAccount(options?: Parameters<typeof openPage>[0]): Promise<string> {
  await openPage(options);
  await page.goto(app.url);
  const email = await signUpInPage(page);
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
    await expectAccessible();
    await dialog().getByRole('button', { name: 'Send the link' }).click();
    await dialog().getByText(`If ${email} has an account`).waitFor();
    await expectAccessible();

    const { link } = await mailbox.next(email, /Choose a new password/);
    await page.goto(link!);
    await page.getByLabel('New password', { exact: true }).fill('short');
    await button('Save the password').click();
    await page.getByText('The password needs at least 8 characters.').waitFor();
    await page.getByLabel('New password', { exact: true }).fill(newPassword);
    await expectAccessible();
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
    await expectAccessible();
    const { link } = await mailbox.next(email, /Confirm your email address/);
    await page.goto(link!);
    await page.getByText('Your address is confirmed.').waitFor();
    await expectAccessible();
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
    await expectAccessible();
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
    await expectAccessible();
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
