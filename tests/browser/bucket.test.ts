/** The page with pictures in a bucket of another origin that has no CORS rules. */
import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { startS3Server } from '../support/storage/s3-server.ts';
import { allowErrors, app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { developed, generate, card } from './steps.ts';

const bucket = await startS3Server();
const { access } = bucket;
useApp({
  S3_BUCKET: access.bucket,
  S3_ENDPOINT: access.endpoint,
  S3_REGION: access.region,
  S3_ACCESS_KEY_ID: access.accessKeyId,
  S3_SECRET_ACCESS_KEY: access.secretAccessKey,
});
afterAll(() => bucket.close());

it('shows pictures from the bucket, and saves one, or several in a zip, without asking the bucket', async () => {
  await openPage();
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'fetch') fetched.push(new URL(request.url()).origin);
  });
  await openSignedIn();
  await generate(page, 'A hill sandbox:plain', 2);
  await developed(page, 1);
  const picture = card(page, 1).locator('img').first();
  await expect
    .poll(() => picture.evaluate((element: HTMLImageElement) => element.naturalWidth))
    .toBeGreaterThan(0);
  const source = await picture.evaluate((element: HTMLImageElement) => element.currentSrc);
  expect(new URL(source).origin).toBe(access.endpoint);

  const [one] = await Promise.all([
    page.waitForEvent('download'),
    card(page, 1).getByRole('link', { name: 'Download frame 1', exact: true }).click(),
  ]);
  expect(one.suggestedFilename()).toBe('a-hill-sandbox-plain-1.webp');
  expect((await readFile(await one.path())).subarray(8, 12).toString()).toBe('WEBP');
  const [zip] = await Promise.all([
    page.waitForEvent('download'),
    card(page, 1).getByRole('button', { name: 'Download 2' }).click(),
  ]);
  expect(zip.suggestedFilename()).toBe('proofsheet-1.zip');
  expect([...new Set(fetched)]).toEqual([new URL(app.url).origin]);

  // Only links work without CORS.
  allowErrors('violates the following', 'Refused to connect', 'Failed to load', 'Content Security Policy');
  expect(await page.evaluate((url) => fetch(url).then(String, () => 'refused'), source)).toBe('refused');
});
