/** The zips of a session, its results and all of its data, read with a zip reader of the system. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import sharp from 'sharp';
import { follow, generate, signUp } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { share } from './support/share-links.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.remove());

const download = (token: string | undefined, path = 'account/export') =>
  fetch(`${app.url}/api/${path}`, { headers: token ? { Authorization: `Bearer ${token}` } : {} });

/** The files of the zip, by name. Python's reader checks each checksum. */
async function unzip(zip: Uint8Array): Promise<Record<string, Buffer>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-export-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, 'export.zip'), zip);
  const into = path.join(folder, 'files');
  await mkdir(into);
  await promisify(execFile)('python3', ['-m', 'zipfile', '-e', path.join(folder, 'export.zip'), into]);
  const files = await readdir(into, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    await Promise.all(
      files
        .filter((file) => file.isFile())
        .map(async (file) => {
          const full = path.join(file.parentPath, file.name);
          return [path.relative(into, full), await readFile(full)] as const;
        }),
    ),
  );
}

it('holds the account, tasks, ledger and pictures of the user, and nothing of another', async () => {
  const [caller, other] = [await signUp(app.url), await signUp(app.url)];
  await follow(other, (await generate(other, { prompt: 'A secret of another user' })).id);
  const task = (await follow(caller, (await generate(caller, { prompt: 'A red kite' })).id)).at(-1)!;
  const link = await share(caller, { task: task.id, includesPrompt: false });
  const create = { width: 32, height: 18, channels: 3 as const, background: 'teal' };
  await caller.upload(await sharp({ create }).png().toBuffer());

  const answer = await download(caller.token);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/zip');
  const files = await unzip(new Uint8Array(await answer.arrayBuffer()));
  const pictures = Object.keys(files).filter((name) => name.startsWith('pictures/'));
  expect(pictures).toHaveLength(2);
  for (const name of pictures) expect((await sharp(files[name]).metadata()).width).toBeGreaterThan(0);
  const json = (name: string) => JSON.parse(files[name]!.toString()) as unknown;
  expect(json('account.json')).toMatchObject({ name: 'Tester', credits: 18 });
  expect(json('tasks.json')).toMatchObject([
    { prompt: 'A red kite', status: 'SUCCESS', costCredits: 2, removedImages: 0, imagesExpiredAt: null },
  ]);
  expect(json('share-links.json')).toMatchObject([{ url: link.url, imageId: null, includesPrompt: false }]);
  expect(json('ledger.json')).toMatchObject([
    { kind: 'GRANT', amount: 20, balanceAfter: 20 },
    { kind: 'CHARGE', amount: -2, balanceAfter: 18 },
  ]);
  expect(task.status).toBe('SUCCESS');
  expect(JSON.stringify(Object.values(files).map(String))).not.toContain('A secret of another user');
});

it('holds the results that a filter finds, by day and the first words of the prompt', async () => {
  const [caller, other] = [await signUp(app.url), await signUp(app.url)];
  await follow(other, (await generate(other, { prompt: 'A kite of another user' })).id);
  const kites = (
    await follow(caller, (await generate(caller, { prompt: 'Ein Käfer: "rot"', options: { count: 2 } })).id)
  ).at(-1)!;
  const hill = (await follow(caller, (await generate(caller, { prompt: 'A hill' })).id)).at(-1)!;
  await follow(caller, (await generate(caller, { prompt: 'A hill sandbox:blocked' })).id);
  const favorite = 'mutation ($id: ID!) { setImageFavorite(id: $id, favorite: true) { image { id } } }';
  await caller.ask(favorite, { id: kites.images[1]!.id });

  const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const stored = async (images: { url: string }[]) =>
    (await Promise.all(images.map(async ({ url }) => digest(await (await fetch(url)).bytes())))).toSorted();
  const found = async (query: string) => {
    const answer = await download(caller.token, `images.zip?${query}`);
    expect(answer.status).toBe(200);
    return unzip(await answer.bytes());
  };
  const digests = async (query: string) =>
    Object.values(await found(query))
      .map(digest)
      .toSorted();
  expect(await digests('')).toEqual(await stored([...kites.images, ...hill.images]));
  expect(await digests('search=k%C3%A4fer')).toEqual(await stored(kites.images));
  expect(await digests('favorite=true')).toEqual(await stored([kites.images[1]!]));
  expect(await digests('status=FAILED')).toEqual([]);
  expect(await digests('status=FAILED&status=SUCCESS&search=hill')).toEqual(await stored(hill.images));
  expect(await digests(`createdBefore=${new Date().toISOString()}&model=${hill.model.id}`)).toHaveLength(3);
  expect(await digests(`createdAfter=${new Date().toISOString()}`)).toEqual([]);
  const today = new Date().toISOString().slice(0, 10);
  for (const name of Object.keys(await found('favorite=true')))
    expect(name).toMatch(new RegExp(`^${today}-ein-käfer-rot-[0-9a-f]{8}\\.webp$`));
});

it.each(['status=DONE', 'scene=none', 'model=none', 'favorite=yes', 'createdBefore=soon', 'favourite=true'])(
  'is refused for what means nothing: %s',
  async (query) => {
    const caller = await signUp(app.url);
    const answer = await download(caller.token, `images.zip?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'INVALID_INPUT' });
  },
);

it.each(['account/export', 'images.zip'])('needs a session: %s', async (path) => {
  const caller = await signUp(app.url);
  const { secret } = await createKey(caller);
  expect((await download(undefined, path)).status).toBe(401);
  expect((await download(secret, path)).status).toBe(401);
});
