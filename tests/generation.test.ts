/** The main job, end to end: from the API through the real SDKs to the emulated providers and back. */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../server/models/catalogue.ts';
import { type Caller, credits, follow, generate, signUp, type TaskData, taskFields } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ SIGNUP_CREDITS: '200' });
});
afterAll(() => app?.remove());

const end = async (caller: Caller, input: object): Promise<TaskData> => {
  const states = await follow(caller, (await generate(caller, input)).id);
  return states.at(-1)!;
};

async function uploaded(caller: Caller): Promise<string> {
  const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'tomato' } })
    .png()
    .toBuffer();
  const { data } = await caller.upload(bytes);
  return data!.uploadImage.image.id;
}

describe.concurrent('a generation', () => {
  it.each(catalogue.flatMap((model) => model.scenes.map((scene) => [model.name, scene] as const)))(
    '%s makes %s with the asked ratio, in rising versions',
    async (model, scene) => {
      const caller = await signUp(app.url);
      const referenceImages = scene === 'IMAGE_TO_IMAGE' ? [await uploaded(caller)] : undefined;
      const task = await generate(caller, {
        model,
        scene,
        referenceImages,
        options: { aspectRatio: '16:9' },
      });
      expect(task.costCredits).toBe(scene === 'IMAGE_TO_IMAGE' ? 4 : 2);
      const states = await follow(caller, task.id);

      const versions = states.map(({ version }) => version);
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
      const last = states.at(-1)!;
      expect(last).toMatchObject({
        status: 'SUCCESS',
        progress: { percent: 100 },
        failure: null,
        refundedCredits: 0,
      });
      const [image] = last.images;
      const bytes = Buffer.from(await (await fetch(image!.url)).arrayBuffer());
      const { width, height } = await sharp(bytes).metadata();
      expect({ width, height }).toEqual({ width: image!.width, height: image!.height });
      expect(width / height).toBeCloseTo(16 / 9, 1);
      expect(await credits(caller)).toBe(200 - task.costCredits);
    },
  );

  it('makes as many pictures as asked for, each another, and offers them for download', async () => {
    const caller = await signUp(app.url);
    const { images } = await end(caller, { options: { count: 4 } });
    expect(images).toHaveLength(4);
    expect(new Set(images.map(({ url }) => url)).size).toBe(4);
    const download = await fetch(images[0]!.downloadUrl);
    expect(download.headers.get('content-disposition')).toMatch(
      /^attachment; filename="?proofsheet-\d{4}-\d\d-\d\d-\w+\.webp/,
    );
    expect((await fetch(images[0]!.thumbnailUrl)).headers.get('content-type')).toBe('image/webp');
    const tampered = images[0]!.url.replace('signature=', 'signature=x');
    expect((await fetch(tampered)).status).toBe(403);
  });
});

describe.concurrent('a scripted outcome', () => {
  it.each<[string, string, object]>([
    [
      'blocked',
      'sandbox:blocked',
      { status: 'FAILED', failure: { code: 'CONTENT_BLOCKED', retryable: false }, refundedCredits: 2 },
    ],
    [
      'failed',
      'sandbox:failed',
      { status: 'FAILED', failure: { code: 'PROVIDER_ERROR' }, refundedCredits: 2 },
    ],
    ['aborted', 'sandbox:aborted', { status: 'FAILED', failure: { code: 'TIMEOUT' }, refundedCredits: 2 }],
    ['lost', 'sandbox:lost', { status: 'FAILED', failure: { code: 'PROVIDER_LOST' }, refundedCredits: 2 }],
    ['dropped after the POST: found again', 'sandbox:drop', { status: 'SUCCESS', refundedCredits: 0 }],
    [
      'expired',
      'sandbox:expired',
      { status: 'FAILED', failure: { code: 'OUTPUT_EXPIRED' }, refundedCredits: 2 },
    ],
    ['rate-limited, then fine', 'sandbox:rate-limited', { status: 'SUCCESS', refundedCredits: 0 }],
    ['500s on GET, then fine', 'sandbox:flaky', { status: 'SUCCESS', refundedCredits: 0 }],
    ['slow', 'sandbox:slow', { status: 'SUCCESS', refundedCredits: 0 }],
  ])('%s', async (_, word, outcome) => {
    const caller = await signUp(app.url);
    const task = await end(caller, { prompt: `A red kite over dunes ${word}` });
    expect(task).toMatchObject(outcome);
    expect(await credits(caller)).toBe(200 - 2 + task.refundedCredits);
  });

  it('fewer pictures than asked: those that came, and the share of the rest back', async () => {
    const caller = await signUp(app.url);
    const task = await end(caller, { prompt: 'Dunes sandbox:fewer', options: { count: 3 } });
    expect(task).toMatchObject({ status: 'SUCCESS', refundedCredits: 2 });
    expect(task.images).toHaveLength(2);
    expect(await credits(caller)).toBe(200 - 4);
  });
});

describe.concurrent('what follows a generation', () => {
  it('a canceled task is refunded and stays canceled', async () => {
    const caller = await signUp(app.url);
    const { id } = await generate(caller, { prompt: 'Dunes sandbox:slow=600' });
    const cancel = `mutation ($id: ID!) { cancelTask(id: $id) { task { ${taskFields} } viewer { credits } } }`;
    const { cancelTask } = await caller.ask<{ cancelTask: { task: TaskData; viewer: { credits: number } } }>(
      cancel,
      { id },
    );
    expect(cancelTask).toMatchObject({
      task: { status: 'CANCELED', refundedCredits: 2, failure: null },
      viewer: { credits: 200 },
    });
    expect((await follow(caller, id)).map(({ status }) => status)).toEqual(['CANCELED']);
  });

  it('a retried task is a new one with the same request, charged again', async () => {
    const caller = await signUp(app.url);
    const first = await end(caller, { prompt: 'Dunes sandbox:blocked', options: { seed: 7 } });
    const retry = `mutation ($id: ID!) { retryTask(id: $id) { task { ${taskFields} } } }`;
    const { retryTask } = await caller.ask<{ retryTask: { task: TaskData } }>(retry, { id: first.id });
    expect(retryTask.task.id).not.toBe(first.id);
    expect(retryTask.task.options).toEqual(first.options);
    expect((await follow(caller, retryTask.task.id)).at(-1)?.status).toBe('FAILED');
    expect(await credits(caller)).toBe(200);
  });

  it('a deleted task takes its pictures along; the ledger keeps its lines', async () => {
    const caller = await signUp(app.url);
    const task = await end(caller, {});
    const { deleteTask } = await caller.ask<{ deleteTask: { deletedId: string } }>(
      'mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }',
      { id: task.id },
    );
    expect(deleteTask.deletedId).toBe(task.id);
    expect((await fetch(task.images[0]!.url)).status).toBe(404);
    const { viewer } = await caller.ask<{ viewer: { creditEntries: { nodes: unknown[] } } }>(
      '{ viewer { creditEntries(first: 10) { nodes { kind amount balanceAfter task { id } } } } }',
    );
    expect(viewer.creditEntries.nodes).toEqual([
      { kind: 'CHARGE', amount: -2, balanceAfter: 198, task: null },
      { kind: 'GRANT', amount: 200, balanceAfter: 200, task: null },
    ]);
  });

  it('tasks are found by page, status, model and words of the prompt', async () => {
    const caller = await signUp(app.url);
    for (const prompt of ['One 100% fox', 'Two foxes', 'Three owls']) await end(caller, { prompt });
    const search = async (args: string) => {
      const query = `{ viewer { tasks(${args}) { totalCount nodes { prompt } pageInfo { hasNextPage endCursor } } } }`;
      const { viewer } = await caller.ask<{
        viewer: {
          tasks: {
            totalCount: number;
            nodes: { prompt: string }[];
            pageInfo: { endCursor: string; hasNextPage: boolean };
          };
        };
      }>(query);
      return viewer.tasks;
    };
    const first = await search('first: 2');
    expect(first).toMatchObject({
      totalCount: 3,
      nodes: [{ prompt: 'Three owls' }, { prompt: 'Two foxes' }],
      pageInfo: { hasNextPage: true },
    });
    expect((await search(`first: 2, after: "${first.pageInfo.endCursor}"`)).nodes).toEqual([
      { prompt: 'One 100% fox' },
    ]);
    expect((await search('filter: { search: "FOX" }')).nodes).toHaveLength(2);
    expect((await search('filter: { search: "100%" }')).nodes).toHaveLength(1);
    expect((await search('filter: { search: "_" }')).nodes).toHaveLength(0);
    expect((await search('filter: { status: [FAILED] }')).nodes).toHaveLength(0);
    expect((await search('filter: { model: "google/nano-banana" }')).nodes).toHaveLength(0);
  });

  it('pages of tasks go on, forwards and backwards, from where a deleted one stood', async () => {
    const caller = await signUp(app.url);
    for (const prompt of ['One', 'Two', 'Three', 'Four', 'Five']) await end(caller, { prompt });
    const page = async (args: string) => {
      const { viewer } = await caller.ask<{
        viewer: { tasks: { edges: { cursor: string; node: { id: string; prompt: string } }[] } };
      }>(`{ viewer { tasks(${args}) { edges { cursor node { id prompt } } } } }`);
      return viewer.tasks.edges;
    };
    const prompts = async (args: string) => (await page(args)).map(({ node }) => node.prompt);
    const { cursor, node } = (await page('first: 3')).at(-1)!;
    await caller.ask('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id: node.id });
    expect(await prompts(`first: 5, after: "${cursor}"`)).toEqual(['Two', 'One']);
    expect(await prompts(`last: 5, before: "${cursor}"`)).toEqual(['Five', 'Four']);
  });
});
