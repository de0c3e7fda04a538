/** What several tests of the page do and look at. */
import type { Locator, Page } from 'playwright';
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

export function strip(page: Page, number: number): Locator {
  return page.getByRole('article', { name: `Request ${number}`, exact: true });
}

export async function generate(page: Page, prompt: string, count = 1): Promise<void> {
  await page.getByLabel('Prompt', { exact: true }).fill(prompt);
  await page.getByLabel('Images', { exact: true }).selectOption(String(count));
  await page.getByRole('button', { name: /^Generate/ }).click();
}

/** Waits until the strip shows its pictures. */
export async function developed(page: Page, number: number, timeout = 30_000): Promise<void> {
  await strip(page, number)
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
