/** What several tests of the page do and look at. */
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

/** Waits until the strip shows its pictures. */
export async function developed(page: Page, number: number, timeout = 30_000): Promise<void> {
  await card(page, number)
    .getByRole('link', { name: /^Download frame/ })
    .first()
    .waitFor({ timeout });
}

/** Lets no upload reach the server: it is under way for ever, or fails at once. */
export async function withholdUploads(page: Page, how: 'hold' | 'fail'): Promise<void> {
  await page.route('**/graphql', async (route) => {
    const type = route.request().headers()['content-type'] ?? '';
    if (!type.startsWith('multipart/')) return route.fallback();
    return how === 'fail' ? route.abort() : undefined;
  });
}

export const prompt = (page: Page): Locator => page.getByRole('textbox', { name: 'Prompt' });
export const send = (page: Page): Promise<void> => page.getByRole('button', { name: /^Generate/ }).click();

/** The form from images, with these files handed to it. */
export async function addFiles(page: Page, ...files: PictureFile[]): Promise<void> {
  await page.getByRole('tab', { name: 'Image to image' }).click();
  await page.locator('input[type=file]').first().setInputFiles(files);
}

/** On small screens the form is behind a button of the dock. */
export async function openForm(page: Page): Promise<void> {
  const isCompact = await page.evaluate(() => matchMedia('(max-width: 860px)').matches);
  // The page changes from one to the other, or loads it, after the window has its size.
  await page.locator(isCompact ? '.bottom-sheet' : '.generate-form').waitFor();
  if (isCompact && !(await prompt(page).isVisible())) await page.locator('.bottom-sheet-prompt').click();
}

/** A headless page is always in sight, so that the browser's word for it is stood in for. */
export async function setVisibility(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'visibilityState', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

/** The label of what has the focus. */
export const focusedName = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

/** How far the page can be scrolled sideways. */
export const sidewaysPx = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Stands in for the server at one operation of the API, until the returned function is called. */
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

/** What a server might say of itself and no person should read. */
export const rawText = 'TypeError: secrets of the server at worker.ts:17';

/** An answer of the API that refuses, with such a text. */
export function refuse(code: string, extensions: object = {}): (route: Route) => Promise<void> {
  const json = { errors: [{ message: rawText, extensions: { code, ...extensions } }] };
  return (route) => route.fulfill({ json });
}

/** Makes an account and signs it in, without a page. */
export async function signUpByApi(context: BrowserContext, url: string): Promise<void> {
  const answer = await context.request.post(`${url}/api/auth/sign-up/email`, {
    data: { name: 'Tester', email: `${randomUUID()}@example.test`, password: 'correct horse battery' },
  });
  if (!answer.ok()) throw new Error(`Sign-up answered ${answer.status()}.`);
}

/** Asks the API as the person who is signed in on the page, behind the client's back. Throws on a refusal. */
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
