/** What makes a result repeatable: the seed that the server records, and the task that another one started from. */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../server/models/catalogue.ts';
import {
  type Caller,
  credits,
  follow,
  generate as generateAny,
  generateVariables,
  refusedGenerate,
  signUp,
  type TaskData,
} from './support/api.ts';
import { drawPicture } from './support/pictures.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ SIGNUP_CREDITS: '100' });
});
afterAll(() => app?.remove());

/** Pictures that take no time to draw. */
const prompt = 'A hill sandbox:plain';
const generate = (caller: Caller, input: object = {}) => generateAny(caller, { prompt, ...input });

const fields = 'id options status parent { id prompt parent { id } }';

type Repeat = Pick<TaskData, 'id' | 'options' | 'status'> & {
  parent: { id: string; prompt: string; parent: { id: string } | null } | null;
};

async function repeat(caller: Caller, input: object): Promise<Repeat> {
  const { generateImage } = await caller.ask<{ generateImage: { task: Repeat } }>(
    `mutation ($input: GenerateImageInput!) { generateImage(input: $input) { task { ${fields} } } }`,
    generateVariables({ prompt, ...input }),
  );
  return generateImage.task;
}

async function retry(caller: Caller, id: string): Promise<Repeat> {
  const { retryTask } = await caller.ask<{ retryTask: { task: Repeat } }>(
    `mutation ($id: ID!) { retryTask(id: $id) { task { ${fields} } } }`,
    { id },
  );
  return retryTask.task;
}

const read = (caller: Caller, id: string) =>
  caller.ask<{ task: Repeat }>(`query ($id: ID!) { task(id: $id) { ${fields} } }`, { id });

const remove = (caller: Caller, id: string) =>
  caller.ask('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id });

/** The digests of the stored files. */
async function digests(caller: Caller, { id }: { id: string }): Promise<string[]> {
  const { images } = (await follow(caller, id)).at(-1)!;
  expect(images.length).toBeGreaterThan(0);
  return Promise.all(
    images.map(async ({ url }) => {
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
      return createHash('sha256').update(bytes).digest('hex');
    }),
  );
}

describe('the seed', () => {
  const taking = catalogue.filter(({ options }) => options.seed).map(({ name }) => name);

  it.each(taking)('is chosen and recorded for %s, and repeats its pictures byte for byte', async (model) => {
    const caller = await signUp(app.url);
    const first = await generateAny(caller, { model });
    expect(first.options['seed']).toSatisfy(Number.isInteger);
    const again = await generateAny(caller, { model });
    expect(again.options['seed']).not.toBe(first.options['seed']);
    const same = await generateAny(caller, { model, options: { seed: first.options['seed'] } });
    const [before, other, repeated] = await Promise.all(
      [first, again, same].map((task) => digests(caller, task)),
    );
    expect(repeated).toEqual(before);
    expect(other).not.toEqual(before);
  });

  it('is not recorded where the model takes none', async () => {
    const caller = await signUp(app.url);
    const { name } = catalogue.find(({ options }) => !options.seed)!;
    expect((await generate(caller, { model: name })).options).not.toHaveProperty('seed');
  });

  it('is another one in a retry where the server had chosen it, and the same where the request had it', async () => {
    const caller = await signUp(app.url);
    const chosen = await generate(caller);
    expect((await retry(caller, chosen.id)).options['seed']).not.toBe(chosen.options['seed']);
    const wanted = await generate(caller, { options: { seed: 7 } });
    const retried = await retry(caller, wanted.id);
    expect(retried.options['seed']).toBe(7);
    expect((await retry(caller, retried.id)).options['seed']).toBe(7);
  });

  it('stays as it was chosen where the request is repeated under its key', async () => {
    const caller = await signUp(app.url);
    const input = { idempotencyKey: randomUUID() };
    const first = await generate(caller, input);
    expect(await generate(caller, input)).toMatchObject({ id: first.id, options: first.options });
  });
});

describe('the parent', () => {
  it('is recorded, with its own, and is null where there is none', async () => {
    const caller = await signUp(app.url);
    const first = await repeat(caller, { prompt: 'A hill' });
    expect(first.parent).toBeNull();
    const second = await repeat(caller, { prompt: 'A cliff', parent: first.id });
    expect(second.parent).toEqual({ id: first.id, prompt: 'A hill', parent: null });
    const third = await retry(caller, second.id);
    expect(third.parent).toEqual({ id: second.id, prompt: 'A cliff', parent: { id: first.id } });
  });

  it('comes with each event', async () => {
    const caller = await signUp(app.url);
    const first = await repeat(caller, {});
    const { id } = await repeat(caller, { parent: first.id });
    const { results, close } = caller.subscribe<{ taskUpdated: Repeat }>(
      `subscription ($id: ID) { taskUpdated(id: $id) { ${fields} } }`,
      { id },
    );
    const parents: (string | undefined)[] = [];
    for await (const { data } of results) parents.push(data?.taskUpdated.parent?.id);
    await close();
    expect(parents.length).toBeGreaterThan(1);
    expect(new Set(parents)).toEqual(new Set([first.id]));
  });

  it('is null once it is deleted; what came of it stays, and a repeat of its request answers the same', async () => {
    const caller = await signUp(app.url);
    const first = await generate(caller);
    const input = { parent: first.id, idempotencyKey: randomUUID() };
    const second = await repeat(caller, input);
    await follow(caller, first.id);
    await remove(caller, first.id);
    expect((await read(caller, second.id)).task).toMatchObject({ id: second.id, parent: null });
    expect(await repeat(caller, input)).toMatchObject({ id: second.id, parent: null });
    expect(await refusedGenerate(caller, { ...input, prompt: 'Another' })).toBe(
      'IDEMPOTENCY_CONFLICT idempotencyKey',
    );
  });

  it('is refused where it is no task of the user, and nothing is charged', async () => {
    const [caller, other] = [await signUp(app.url), await signUp(app.url)];
    const foreign = await generate(other);
    const { viewer } = await caller.ask<{ viewer: { id: string } }>('{ viewer { id } }');
    for (const parent of [foreign.id, viewer.id, 'nothing', ''])
      expect(await refusedGenerate(caller, { parent })).toBe('NOT_FOUND parent');
    expect(await credits(caller)).toBe(100);
  });

  it('is part of the request: with another, an idempotency key conflicts', async () => {
    const caller = await signUp(app.url);
    const parent = (await generate(caller)).id;
    const idempotencyKey = randomUUID();
    await generate(caller, { idempotencyKey });
    expect(await refusedGenerate(caller, { prompt, idempotencyKey, parent })).toBe(
      'IDEMPOTENCY_CONFLICT idempotencyKey',
    );
  });
});

it('says how many of the references have been deleted', async () => {
  const caller = await signUp(app.url);
  const picture = await drawPicture({ width: 40, height: 30 }).png().toBuffer();
  const referenceImages: string[] = [];
  for (let count = 0; count < 2; count += 1)
    referenceImages.push((await caller.upload(picture)).data!.uploadImage.image.id);
  const input = { model: 'google/nano-banana', scene: 'IMAGE_TO_IMAGE', referenceImages };
  const { id } = await generate(caller, input);
  await follow(caller, id);
  await caller.ask('mutation ($id: ID!) { deleteImage(id: $id) { deletedId } }', { id: referenceImages[0] });
  const query = 'query ($id: ID!) { task(id: $id) { removedReferences referenceImages { id } } }';
  expect(await caller.ask(query, { id })).toEqual({
    task: { removedReferences: 1, referenceImages: [{ id: referenceImages[1] }] },
  });
});
