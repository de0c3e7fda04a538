/** Steps and observations that several tests share. */
import { randomUUID } from 'node:crypto';
import type { BrowserContext, Locator, Page, Route } from 'playwright';
import sharp from 'sharp';

export interface PictureFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A small picture of one colour. */
export async function pictureFile(name: string, colour = 'seagreen'): Promise<PictureFile> {
  const create = { width: 60, height: 40, channels: 3 as const, background: colour };
  return { name, mimeType: 'image/png', buffer: await sharp({ create }).png().toBuffer() };
}

export function card(page: Page, number: number): Locator {
  return page.getByRole('article', { name: `Request ${number}`, exact: true });
}

export async function generate(page: Page, prompt: string, count = 1): Promise<void> {
  await page.getByLabel('Prompt', { exact: true }).fill(prompt);
  await page.getByLabel('Images', { exact: true }).selectOption(String(count));
  await page.getByRole('button', { name: /^Generate/ }).click();
}

/** Waits until the task card shows its images. */
export async function developed(page: Page, number: number, timeout = 60_000): Promise<void> {
  await card(page, number)
    .getByRole('link', { name: /^Download frame/ })
    .first()
    .waitFor({ timeout });
}

/** Blocks uploads: they run forever, or fail at once. */
export async function withholdUploads(page: Page, how: 'hold' | 'fail'): Promise<void> {
  await page.route('**/graphql', async (route) => {
    const type = route.request().headers()['content-type'] ?? '';
    if (!type.startsWith('multipart/')) return route.fallback();
    return how === 'fail' ? route.abort() : undefined;
  });
}

export const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Prompt' });
export const send = (page: Page): Promise<void> => page.getByRole('button', { name: /^Generate/ }).click();

/** Opens the form from images and adds these files. */
export async function addFiles(page: Page, ...files: PictureFile[]): Promise<void> {
  await page.getByRole('tab', { name: 'Image to image' }).click();
  await page.locator('input[type=file]').first().setInputFiles(files);
}

/** On small screens the form is behind a button of the bottom sheet. */
export async function openForm(page: Page): Promise<void> {
  const isCompact = await page.evaluate(() => matchMedia('(max-width: 860px)').matches);
  // The page switches to the bottom sheet, or loads it, after the window is resized.
  await page.locator(isCompact ? '.bottom-sheet' : '.generate-form').waitFor();
  if (isCompact && !(await prompt(page).isVisible())) await page.locator('.bottom-sheet-prompt').click();
}

/** Overrides the visibility: a headless page is always visible. */
export async function setVisibility(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

/** The label of the focused element. */
export const focusedName = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

/** How far the page can be scrolled sideways. */
export const sidewaysPx = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Answers one operation of the API in place of the server, until the returned function is called. */
export async function standIn(
  page: Page,
  operation: string,
  answer: (route: Route) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const handle = async (route: Route) => {
    const isMeant = route.request().postData()?.includes(`"operationName":"${operation}"`) ?? false;
    await (isMeant ? answer(route) : route.fallback());
  };
  await page.route('**/graphql', handle);
  return () => page.unroute('**/graphql', handle);
}

/** An internal text of a server, which must not reach the user. */
export const rawText = 'TypeError: secrets of the server at worker.ts:17';

/** A refusal of the API with such a text. */
export function refuse(code: string, extensions: object = {}): (route: Route) => Promise<void> {
  const json = { errors: [{ message: rawText, extensions: { code, ...extensions } }] };
  return (route) => route.fulfill({ json });
}

/** Creates an account and signs in, without a page; resolves to its email. */
export async function signUpByApi(context: BrowserContext, url: string): Promise<string> {
  const email = `${randomUUID()}@example.test`;
  const answer = await context.request.post(`${url}/api/auth/sign-up/email`, {
    data: { name: 'Tester', email, password: 'correct horse battery' },
  });
  if (!answer.ok()) throw new Error(`Sign-up answered ${answer.status()}.`);
  return email;
}

/** Sends an operation as the user of the page, without the client. Throws on a refusal. */
export async function graphqlInPage(page: Page, query: string, variables: object): Promise<void> {
  const body = JSON.stringify({ query, variables });
  const answer = await page.evaluate(
    async (sent) =>
      (
        await fetch('/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: sent,
        })
      ).text(),
    body,
  );
  if (answer.includes('"errors"')) throw new Error(answer);
}
