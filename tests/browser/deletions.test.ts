/** Failures in History, and the deletion of failures and of single images. */
import { AxeBuilder } from '@axe-core/playwright';
import { beforeEach, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { allowErrors, app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { card, developed, focusedName, generate, standIn } from './steps.ts';

useApp({ SANDBOX_SPEED: '10', POLL_INTERVAL_MS: '200', SIGNUP_CREDITS: '400' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

const patience = { timeout: 20_000 };

async function ask<Data>(query: string, variables: object = {}): Promise<Data> {
  const response = await page.request.post(`${app.url}/graphql`, {
    data: { query, variables },
    headers: { origin: app.url },
  });
  const body = (await response.json()) as { data: Data; errors?: { message: string }[] };
  if (body.errors) throw new Error(body.errors.map(({ message }) => message).join('; '));
  return body.data;
}

async function count(filter = '{}'): Promise<number> {
  const query = `{ viewer { tasks(filter: ${filter}) { totalCount } } }`;
  return (await ask<{ viewer: { tasks: { totalCount: number } } }>(query)).viewer.tasks.totalCount;
}

/** Sends these prompts to the API, oldest first, and waits until all have ended. */
async function make(prompts: readonly string[]): Promise<void> {
  const { models } = await ask<{ models: { id: string }[] }>('{ models(scene: TEXT_TO_IMAGE) { id } }');
  for (const prompt of prompts)
    await ask('mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { id } } }', {
      input: { prompt, model: models[0]?.id, scene: 'TEXT_TO_IMAGE' },
    });
  await expect
    .poll(() => count('{ status: [PENDING, PROCESSING] }'), { timeout: 60_000, interval: 200 })
    .toBe(0);
}

async function openHistory(query = ''): Promise<void> {
  await page.goto(`${app.url}/history${query}`);
  await page.locator('.contact-sheet').first().waitFor();
}

async function expectAccessible(): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
}

const frames = () => page.getByRole('list', { name: /^Frames of/ }).getByRole('listitem');
const notice = () => page.getByRole('status', { name: 'Notices' });
const dialog = () => page.getByRole('dialog');
const deletions = () =>
  page.waitForResponse((response) => response.request().postData()?.includes('Deletions') ?? false);

it('a failure in History is explained, tried again for its price, once, and deleted, by keyboard', async () => {
  await make(['A vase sandbox:plain', 'A hill sandbox:failed', 'A blocked one sandbox:blocked']);
  await openHistory();
  await page.getByRole('button', { name: /^Did not develop.*A blocked one/s }).focus();
  await page.keyboard.press('Enter');
  await dialog().getByText('not accepted by the safety rules').waitFor();
  expect(
    await dialog()
      .getByRole('button', { name: /^Try again/ })
      .count(),
  ).toBe(0);
  await page.keyboard.press('Escape');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.textContent))
    .toContain('A blocked one');

  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await dialog().getByRole('button', { name: 'Try again · 2 credits' }).waitFor();
  await shoot(page, 'failed-dialog');
  await expectAccessible();
  await dialog().getByRole('button', { name: 'Try again · 2 credits' }).dblclick();
  await card(page, 4).getByText('could not make this one').waitFor(patience);
  expect(await count()).toBe(4);

  await openHistory('?status=FAILED');
  await expect.poll(() => frames().count(), patience).toBe(3);
  await frames().first().getByRole('button').focus();
  await page.keyboard.press('Delete');
  await notice().getByText('Request 4 deleted.').or(notice().getByText('1 request deleted.')).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('blocked');
});

it('all failures that the filter finds are deleted at once, loaded or not, with undo', async () => {
  const failures = Array.from({ length: 30 }, (_, index) => `Number ${index} sandbox:blocked`);
  await make(['A vase sandbox:plain', ...failures]);
  await openHistory();
  await expect.poll(() => frames().count(), patience).toBeGreaterThanOrEqual(24);
  await shoot(page, 'delete-failed');
  await page.getByRole('button', { name: 'Delete 30 failed' }).click();
  await notice().getByText('30 requests deleted.').waitFor();
  await expect.poll(() => frames().count(), patience).toBe(1);
  await notice().getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Delete 30 failed' }).click();
  await notice().getByText('30 requests deleted.').waitFor();
  expect(await count()).toBe(31);

  // One batch does not arrive: its requests come back, and are tried again.
  allowErrors('ERR_FAILED');
  let isFirst = true;
  const mend = await standIn(page, 'Deletions', (route) => {
    const isBroken = isFirst;
    isFirst = false;
    return isBroken ? route.abort() : route.continue();
  });
  await notice().getByRole('button', { name: 'Dismiss' }).click();
  await notice().getByText('25 requests were not deleted.').waitFor();
  await mend();
  await notice().getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => count(), patience).toBe(1);
  await page.getByText('1 request', { exact: true }).waitFor();
});

it('what is deleted stays deleted where the page ends before, also without a connection', async () => {
  await make(['One sandbox:plain', 'Two sandbox:blocked', 'Three sandbox:blocked']);
  await openHistory('?status=FAILED');
  await frames().first().getByRole('button').focus();
  await page.keyboard.press('Delete');
  await notice().getByText('Request 3 deleted.').waitFor();
  await page.goto('about:blank');
  await expect.poll(() => count(), patience).toBe(2);

  await openHistory('?status=FAILED');
  await page.getByRole('button', { name: 'Delete 1 failed' }).click();
  await notice().getByText('1 request deleted.').waitFor();
  // Requests of a page that ends are beyond the reach of the test.
  await page.evaluate(() => {
    window.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
  });
  await page.goto('about:blank');
  expect(await count()).toBe(2);
  const finished = deletions();
  await page.goto(`${app.url}/history`);
  await finished;
  await expect.poll(() => frames().count(), patience).toBe(1);
  await expect.poll(() => count()).toBe(1);
});

it('one image is deleted from the large view, by key and in a selection, and its request stays', async () => {
  await generate(page, 'Mountains sandbox:plain', 4);
  await developed(page, 1);
  await page.getByRole('button', { name: 'Open frame 1A' }).click();
  await dialog().getByText('2 of 4').waitFor();
  await shoot(page, 'delete-frame');
  await dialog().getByRole('button', { name: 'Delete frame' }).dblclick();
  await notice().getByText('Frame 1A deleted.').waitFor();
  await dialog().getByText('2 of 3').waitFor();
  await notice().getByRole('button', { name: 'Undo' }).click();
  await dialog().getByText('of 4').waitFor();
  await page.keyboard.press('Delete');
  await dialog().getByText('of 3').waitFor();
  const isDeleted = deletions();
  await notice().getByRole('button', { name: 'Dismiss' }).click();
  await isDeleted;
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Open frame 1', exact: true }).focus();
  await page.keyboard.press('Shift+Delete');
  await notice().getByText('Frame 1 deleted.').waitFor();
  expect(await focusedName(page)).toBe('Open frame 1');
  await card(page, 1).getByText('2 images were deleted.').waitFor();
  await page.reload();
  await card(page, 1).getByText('2 images were deleted.').waitFor(patience);

  await page.getByRole('button', { name: 'Open frame 1', exact: true }).focus();
  await page.keyboard.press('Space');
  const bar = page.getByRole('region', { name: 'Selected frames' });
  await bar.getByRole('button', { name: 'Delete 1 request with 2 frames' }).waitFor();
  await expectAccessible();
  await bar.getByRole('button', { name: 'Delete 1 frame' }).click();
  await notice().getByText('Frame 1 deleted.').waitFor();
  await page.getByRole('button', { name: 'Open frame 1', exact: true }).click();
  await dialog().getByRole('button', { name: 'Delete request' }).click();
  await notice().getByText('Request 1 deleted.').waitFor();
  await dialog().waitFor({ state: 'detached' });
  expect(await card(page, 1).count()).toBe(0);
});
