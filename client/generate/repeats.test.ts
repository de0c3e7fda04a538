import { createRoot } from 'solid-js';
import { expect, it, onTestFinished, vi } from 'vitest';
import { enumOption, integerOption, modelData, seedOption } from '../testing/models.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { taskData } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createDraft } from './draft.ts';
import { createReferences } from './references/references.ts';
import { createRepeats } from './repeats.ts';
import type { SendResult } from './send.ts';

const own = modelData({
  id: 'own',
  options: [integerOption('count', 1, 4), enumOption('aspectRatio', '1:1', '16:9'), seedOption],
});
const single = modelData({ id: 'single', costCredits: 3, options: [integerOption('count', 1, 1)] });
const few = modelData({ id: 'few', maxReferenceImages: 1 });
const all = [own, single, few];
const image = (id: string) => ({ id, thumbnailUrl: `/${id}`, width: 30, height: 20 });
const task = taskData({
  id: 'a',
  model: { id: 'own', label: 'own' },
  prompt: 'Sea',
  options: { count: 2, aspectRatio: '16:9', seed: 7 },
  providerOptions: { go_fast: false },
});

function start() {
  const { server, client } = createScriptedApi();
  const dispatch = vi.fn(async () => undefined);
  const results: unknown[] = [];
  const settle = async (sent: Promise<SendResult>) => {
    results.push(await sent);
    return undefined;
  };
  const pressed = new Set<string>();
  const repeats = createRoot((dispose) => {
    onTestFinished(dispose);
    return createRepeats({
      client,
      models: { of: () => all, all: () => all, status: () => 'ready', failure: () => undefined, retry() {} },
      router: { path: () => '/', go() {} },
      submission: {
        dispatch,
        settle,
        begin: (press) => !pressed.has(press) && Boolean(pressed.add(press)),
      },
      draft: createDraft(undefined),
      references: createReferences({ upload: vi.fn(), canUpload: () => true }),
      toasts: createToasts(),
      onReplaced() {},
      focus() {},
    });
  });
  return { server, repeats, dispatch, results, pressed };
}

it('offers each model that can do it, with the price of as many images as it makes', async () => {
  const { server, repeats } = start();
  const offers = repeats.offers(task);
  // The single image of the other model needs no query.
  for (const cost of [4, 8])
    await (
      await server.next('Cost')
    ).answer({
      __typename: 'Query',
      node: { __typename: 'Model', id: cost === 4 ? 'own' : 'few', costCredits: cost },
    });
  expect((await offers).map(({ model, costCredits }) => [model.id, costCredits])).toEqual([
    ['own', 4],
    ['single', 3],
    ['few', 8],
  ]);
});

it('offers no model that takes too few references, and none where they have been deleted', async () => {
  const { repeats } = start();
  const from = (ids: string[], removedReferences = 0) =>
    repeats.offers({
      ...task,
      removedReferences,
      scene: 'IMAGE_TO_IMAGE',
      options: { count: 1 },
      referenceImages: ids.map(image),
    });
  expect((await from(['i', 'j'])).map(({ model }) => model.id)).toEqual(['own', 'single']);
  expect(await from(['i'], 1)).toEqual([]);
});

it('sends the request without its seed, from that task, and once for a double press', async () => {
  const { repeats, dispatch } = start();
  const offer = { model: own, costCredits: 4 };
  await repeats.send(task, offer);
  await repeats.send(task, offer);
  expect(dispatch).toHaveBeenCalledOnce();
  expect(dispatch).toHaveBeenCalledWith(
    {
      model: 'own',
      prompt: 'Sea',
      scene: 'TEXT_TO_IMAGE',
      options: { count: 2, aspectRatio: '16:9' },
      referenceImages: [],
      parent: 'a',
      providerOptions: { go_fast: false },
    },
    { model: own, costCredits: 4, ratio: 16 / 9 },
    expect.any(String),
    expect.any(Function),
  );
});

it('leaves out for another model what that does not take', async () => {
  const { repeats, dispatch } = start();
  await repeats.send(task, { model: single, costCredits: 3 });
  expect(dispatch).toHaveBeenCalledWith(
    expect.objectContaining({ model: 'single', options: { count: 1 } }),
    expect.anything(),
    expect.any(String),
    expect.any(Function),
  );
  expect(dispatch).toHaveBeenCalledWith(
    expect.not.objectContaining({ providerOptions: expect.anything() }),
    expect.objectContaining({ costCredits: 3 }),
    expect.any(String),
    expect.any(Function),
  );
});

it('tries a task again once, however often it is pressed meanwhile', async () => {
  const { server, repeats, results, pressed } = start();
  const failed = taskData({ id: 'a', status: 'FAILED' });
  const first = repeats.retry(failed);
  pressed.clear();
  void repeats.retry(failed);
  const task = taskData({ id: 'b' });
  const viewer = { __typename: 'Viewer', id: 'viewer-1', credits: 10 };
  await (
    await server.next('RetryTask')
  ).answer({ retryTask: { __typename: 'RetryTaskPayload', task, viewer } });
  await first;
  expect(results).toMatchObject([{ task: { id: 'b' } }]);
  pressed.clear();
  void repeats.retry(failed);
  await settled();
  expect(server.log).toEqual(['RetryTask', 'RetryTask']);
});
