/** What a user stores: how much it may be, the list of it, and its deletion. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from './support/pictures.ts';
import { type Caller, credits, follow, generate, signUp } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

const limitBytes = 60_000;
let app: TestApp;
let picture: Buffer;

beforeAll(async () => {
  app = await startTestApp({ MAX_STORED_BYTES_PER_USER: String(limitBytes), WORKER_CONCURRENCY: '1' });
  picture = await drawPicture({ width: 160, height: 110 }).png().toBuffer();
});
afterAll(() => app?.remove());

const storedFiles = async () =>
  (await readdir(path.join(app.dataDir, 'pictures'), { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile(),
  ).length;

async function storage(caller: Caller) {
  const { viewer } = await caller.ask<{
    viewer: { storage: { usedBytes: number; limitBytes: number }; images: { nodes: { byteSize: number }[] } };
  }>('{ viewer { storage { usedBytes limitBytes } images(first: 100) { nodes { byteSize } } } }');
  const sum = viewer.images.nodes.reduce((total, { byteSize }) => total + byteSize, 0);
  expect(viewer.storage).toEqual({ usedBytes: sum, limitBytes });
  return viewer.storage.usedBytes;
}

async function upload(caller: Caller): Promise<string> {
  const { data, errors } = await caller.upload(picture);
  if (!data?.uploadImage) throw new Error(JSON.stringify(errors));
  return data.uploadImage.image.id;
}

const remove = (caller: Caller, id: string) =>
  caller.ask<{ deleteImage: { deletedId: string } }>(
    'mutation ($id: ID!) { deleteImage(id: $id) { deletedId } }',
    { id },
  );

describe('the limit of stored bytes', () => {
  it('holds for uploads at once, and what is refused is not stored', async () => {
    const caller = await signUp(app.url);
    await upload(caller);
    const size = await storage(caller);
    const room = Math.floor(limitBytes / size) - 1;
    // Fewer at once than the queue of a user takes.
    expect(room).toBeLessThan(10);
    const before = await storedFiles();
    const answers = await Promise.all(Array.from({ length: room + 4 }, () => caller.upload(picture)));
    const refusals = answers.flatMap(({ errors }) => errors ?? []);
    expect(refusals).toHaveLength(4);
    for (const { extensions, message } of refusals) {
      expect(extensions).toEqual({ code: 'STORAGE_FULL', field: 'file' });
      expect(message).toContain('Delete images or tasks');
    }
    expect(await storage(caller)).toBe(size * (room + 1));
    expect(await storedFiles()).toBe(before + 2 * room);
  });

  it('refuses no result of a task, counts it, and is freed by deletion', async () => {
    const caller = await signUp(app.url);
    const first = await upload(caller);
    for (;;) if ((await caller.upload(picture)).errors) break;
    const full = await storage(caller);
    const task = (await follow(caller, (await generate(caller)).id)).at(-1)!;
    expect(task.status).toBe('SUCCESS');
    const withResult = await storage(caller);
    expect(withResult).toBeGreaterThan(full);

    await caller.ask('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id: task.id });
    expect(await storage(caller)).toBe(full);
    await remove(caller, first);
    await upload(caller);
    expect(await storage(caller)).toBe(full);
  });
});

describe('Viewer.images', () => {
  it('lists uploads and results, newest first, in pages', async () => {
    const caller = await signUp(app.url);
    const first = await upload(caller);
    const second = await upload(caller);
    const task = (await follow(caller, (await generate(caller, { prompt: 'A heron at dawn' })).id)).at(-1)!;
    const result = task.images[0]!.id;
    const list = async (args: string) =>
      (
        await caller.ask<{
          viewer: {
            images: {
              totalCount: number;
              nodes: { id: string; source: string; createdAt: string }[];
              pageInfo: { hasNextPage: boolean; endCursor: string };
            };
          };
        }>(
          `{ viewer { images${args} { totalCount nodes { id source createdAt } pageInfo { hasNextPage endCursor } } } }`,
        )
      ).viewer.images;
    const ids = async (args: string) => (await list(args)).nodes.map(({ id }) => id);

    const all = await list('');
    expect(all.nodes.map(({ id, source }) => [id, source])).toEqual([
      [result, 'TASK'],
      [second, 'UPLOAD'],
      [first, 'UPLOAD'],
    ]);
    expect(all.totalCount).toBe(3);
    const page = await list('(first: 2)');
    expect(page).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    expect(await ids(`(first: 2, after: "${page.pageInfo.endCursor}")`)).toEqual([first]);
    expect(await ids(`(last: 1)`)).toEqual([first]);

    expect(await ids('(filter: { source: UPLOAD })')).toEqual([second, first]);
    expect(await ids('(filter: { source: TASK })')).toEqual([result]);
    expect(await ids('(filter: { source: IMPORT })')).toEqual([]);
    expect(await ids('(filter: { search: "DAWN heron" })')).toEqual([result]);
    expect(await ids('(filter: { search: "heron dusk" })')).toEqual([]);
    expect(await ids(`(filter: { createdAfter: "${all.nodes[1]!.createdAt}" })`)).toEqual([result]);
    expect(await ids(`(filter: { createdBefore: "${all.nodes[1]!.createdAt}" })`)).toEqual([first]);
  });
});

describe('deleteImage', () => {
  it('removes the files of an upload and of a result, whose task keeps its record', async () => {
    const caller = await signUp(app.url);
    const before = await storedFiles();
    const uploaded = await upload(caller);
    const task = (await follow(caller, (await generate(caller)).id)).at(-1)!;
    expect(await remove(caller, uploaded)).toEqual({ deleteImage: { deletedId: uploaded } });
    await remove(caller, task.images[0]!.id);
    expect(await storedFiles()).toBe(before);
    expect((await fetch(task.images[0]!.url)).status).toBe(404);
    const kept = await caller.ask<{ task: { version: number } }>(
      'query ($id: ID!) { task(id: $id) { status version images { id } refundedCredits } }',
      { id: task.id },
    );
    expect(kept.task).toMatchObject({ status: 'SUCCESS', images: [], refundedCredits: 0 });
    expect(kept.task.version).toBeGreaterThan(task.version);
    const again = caller.refusal('mutation ($id: ID!) { deleteImage(id: $id) { deletedId } }', {
      id: uploaded,
    });
    expect(await again).toBe('NOT_FOUND id');
    await caller.ask('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id: task.id });
  });

  it('leaves a task that waits to start from the image to fail with the reason, and refunds it', async () => {
    const caller = await signUp(app.url);
    const model = 'gemini-3-pro-image-preview';
    const busy = await generate(caller, { model, prompt: 'A heron sandbox:slow=9999' });
    const reference = await upload(caller);
    const task = await generate(caller, {
      model,
      scene: 'IMAGE_TO_IMAGE',
      prompt: 'In oils',
      referenceImages: [reference],
    });
    await remove(caller, reference);
    await caller.ask('mutation ($id: ID!) { cancelTask(id: $id) { task { status } } }', { id: busy.id });
    const ended = (await follow(caller, task.id)).at(-1)!;
    expect(ended).toMatchObject({ status: 'FAILED', failure: { code: 'REFERENCE_UNUSABLE' } });
    expect(ended.refundedCredits).toBe(ended.costCredits);
    expect(ended).toMatchObject({ referenceImages: [] });
    expect(await credits(caller)).toBe(20);
  });
});
