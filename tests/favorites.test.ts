/** Images that their users mark as favorites, and lists of them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, follow, generate, signUp } from './support/api.ts';
import { drawPicture } from './support/pictures.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.remove());

const mutation =
  'mutation ($id: ID!, $favorite: Boolean!) { setImageFavorite(id: $id, favorite: $favorite) { image { id favorite } } }';

async function mark(caller: Caller, id: string, favorite = true): Promise<void> {
  expect(await caller.ask(mutation, { id, favorite })).toEqual({
    setImageFavorite: { image: { id, favorite } },
  });
}

/** A finished task with two images. */
async function prepare(caller: Caller, prompt: string) {
  const task = await generate(caller, { prompt, options: { count: 2 } });
  const { images } = (await follow(caller, task.id)).at(-1)!;
  return { task: task.id, images: images.map(({ id }) => id) };
}

async function upload(caller: Caller): Promise<string> {
  const { data } = await caller.upload(await drawPicture({ width: 40, height: 30 }).png().toBuffer());
  return data!.uploadImage.image.id;
}

async function list(caller: Caller, filter: object) {
  const { viewer } = await caller.ask<{
    viewer: Record<'images' | 'tasks', { totalCount: number; nodes: { id: string }[] }>;
  }>(
    `query ($images: ImageFilter, $tasks: TaskFilter) { viewer {
      images(filter: $images) { totalCount nodes { id } } tasks(filter: $tasks) { totalCount nodes { id } } } }`,
    { images: filter, tasks: filter },
  );
  for (const { totalCount, nodes } of Object.values(viewer)) expect(totalCount).toBe(nodes.length);
  return {
    images: viewer.images.nodes.map(({ id }) => id).toSorted(),
    tasks: viewer.tasks.nodes.map(({ id }) => id).toSorted(),
  };
}

it('are listed among images and tasks, also by words of the prompt', async () => {
  const caller = await signUp(app.url);
  const hill = await prepare(caller, 'A hill');
  const cliff = await prepare(caller, 'A cliff');
  const reference = await upload(caller);
  expect(await list(caller, { favorite: true })).toEqual({ images: [], tasks: [] });
  for (const id of [hill.images[1]!, reference]) await mark(caller, id);
  // Again, which changes nothing.
  await mark(caller, reference);
  expect(await list(caller, { favorite: true })).toEqual({
    images: [hill.images[1]!, reference].toSorted(),
    tasks: [hill.task],
  });
  expect(await list(caller, { favorite: false })).toEqual({
    images: [hill.images[0]!, ...cliff.images].toSorted(),
    tasks: [cliff.task],
  });
  expect(await list(caller, { favorite: true, search: 'HILL' })).toEqual({
    images: [hill.images[1]],
    tasks: [hill.task],
  });
  expect(await list(caller, { favorite: true, search: 'cliff' })).toEqual({ images: [], tasks: [] });
  expect(await list(caller, { favorite: false, search: 'cliff' })).toEqual({
    images: cliff.images.toSorted(),
    tasks: [cliff.task],
  });
  await mark(caller, hill.images[1]!, false);
  expect(await list(caller, { favorite: true })).toEqual({ images: [reference], tasks: [] });
});

it('show on the task of a favorite', async () => {
  const caller = await signUp(app.url);
  const { task, images } = await prepare(caller, 'A hill');
  await mark(caller, images[0]!);
  const document = 'query ($id: ID!) { task(id: $id) { images { id favorite } } }';
  expect(await caller.ask(document, { id: task })).toEqual({
    task: { images: images.map((id, index) => ({ id, favorite: index === 0 })) },
  });
});

it('are no images of other users, and none that is gone', async () => {
  const [owner, other] = [await signUp(app.url), await signUp(app.url)];
  const id = await upload(owner);
  expect(await other.refusal(mutation, { id, favorite: true })).toBe('NOT_FOUND id');
  expect(await list(owner, { favorite: true })).toEqual({ images: [], tasks: [] });
  await owner.ask('mutation ($id: ID!) { deleteImage(id: $id) { deletedId } }', { id });
  expect(await owner.refusal(mutation, { id, favorite: true })).toBe('NOT_FOUND id');
});
