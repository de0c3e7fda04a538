/** A part of a reference image, by mouse and by keyboard. */
import { AxeBuilder } from '@axe-core/playwright';
import sharp from 'sharp';
import { beforeEach, expect, it } from 'vitest';
import { shoot } from './browser.ts';
import { app, openPage, openSignedIn, page, useApp } from './fixture.ts';
import { addFiles, developed, generate, openForm, prompt } from './steps.ts';

useApp({ SIGNUP_CREDITS: '100' });
beforeEach(async () => {
  await openPage();
  await openSignedIn();
});

const dialog = () => page.getByRole('dialog', { name: /^Crop/ });
const area = () => dialog().getByRole('group', { name: /^Part that is used/ });
const tile = () => page.getByRole('img', { name: /^Reference 1/ });
/** The sides of the picture in the tile; a file is shown as it is uploaded. */
const sides = () =>
  tile().evaluate(({ naturalWidth, naturalHeight }: HTMLImageElement) => [naturalWidth, naturalHeight]);
const uploaded = () => page.getByText(/^1 of \d+ ready$/).waitFor();

async function widePicture() {
  const create = { width: 600, height: 400, channels: 3 as const, background: 'seagreen' };
  return { name: 'wide.png', mimeType: 'image/png', buffer: await sharp({ create }).png().toBuffer() };
}

it('uses a part of a file, chosen by keyboard or by mouse, and the whole again', async () => {
  await addFiles(page, await widePicture());
  await uploaded();
  await page.getByRole('button', { name: 'Crop wide.png' }).click();
  await dialog().getByText('600 x 400 px').waitFor();
  await dialog().getByRole('button', { name: '1:1' }).click();
  await dialog().getByText('400 x 400 px').waitFor();
  await area().focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await dialog().getByText('394 x 394 px').waitFor();
  await page.keyboard.press('ArrowRight');
  await shoot(page, 'crop');
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  await dialog().getByRole('button', { name: 'Use this part' }).click();
  await page.getByText('Only a part of wide.png is used.').waitFor();
  await uploaded();
  expect(await sides()).toEqual([394, 394]);
  await page.getByRole('button', { name: 'Use the whole picture: wide.png' }).click();
  await expect.poll(sides).toEqual([600, 400]);
  expect(await page.getByText('Only a part of wide.png is used.').count()).toBe(0);

  await page.getByRole('button', { name: 'Crop wide.png' }).click();
  await dialog().getByText('600 x 400 px').waitFor();
  const box = (await area().boundingBox())!;
  await page.mouse.move(box.x + box.width - 3, box.y + box.height - 3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 3, box.y + box.height / 2 - 3, { steps: 4 });
  await page.mouse.up();
  await dialog()
    .getByText(/^(299|300|301) x (199|200|201) px$/)
    .waitFor();
  await dialog().getByRole('button', { name: 'Cancel' }).click();
  expect(await sides()).toEqual([600, 400]);
});

it('uses a part of an earlier result, which the next request gets', async () => {
  await generate(page, 'A hill sandbox:plain');
  await developed(page, 1);
  await page.getByRole('button', { name: 'Use frame 1 as reference' }).click();
  await tile().waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await openForm(page);
  await page.getByRole('button', { name: 'Crop Frame 1' }).click();
  await dialog().getByText('1024 x 1024 px').waitFor();
  await dialog().getByRole('button', { name: '16:9' }).click();
  await shoot(page, 'crop-phone');
  await dialog().getByRole('button', { name: 'Use this part' }).click();
  await page.getByText('Only a part of Frame 1.webp is used.').waitFor();
  await uploaded();
  await prompt(page).fill('A hill in snow sandbox:plain');
  await page.getByRole('button', { name: 'Generate', exact: true }).click();
  const query = '{ viewer { tasks(first: 1) { nodes { scene referenceImages { width height } } } } }';
  const latest = async () => {
    const asked = { data: { query }, headers: { origin: app.url } };
    return (await page.request.post(`${app.url}/graphql`, asked)).json();
  };
  await expect.poll(latest, { timeout: 10_000 }).toMatchObject({
    data: {
      viewer: {
        tasks: { nodes: [{ scene: 'IMAGE_TO_IMAGE', referenceImages: [{ width: 1024, height: 576 }] }] },
      },
    },
  });
});
