import { Provider } from '@urql/solid';
import { createComponent, createRoot, type JSX } from 'solid-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cache } from '../api/cache.ts';
import { createApi } from '../api/client.ts';
import { createScriptedServer } from '../testing/scripted-server.ts';
import { feedData, imageData, progressData, taskData } from '../testing/tasks.ts';
import { createSender } from '../generate/send.ts';
import { createId } from '../ui/id.ts';
import { createFeed, type Feed } from './feed.ts';

function start() {
  const server = createScriptedServer();
  const api = createApi({ url: 'http://localhost/graphql', cache, fetch: server.fetch });
  let feed!: Feed;
  createRoot((dispose) => {
    onTestFinished(() => {
      dispose();
      api.dispose();
    });
    createComponent(Provider, {
      value: api.client,
      get children(): JSX.Element {
        feed = createFeed(api.client, () => 'viewer-1');
        return undefined;
      },
    });
  });
  return { server, feed, sender: createSender(api.client) };
}

describe('the feed', () => {
  it('keeps the pictures and the progress of each task apart where a later one ends first', async () => {
    const { server, feed, sender } = start();
    const viewer = { __typename: 'Viewer', id: 'viewer-1', credits: 10 };
    const progress = progressData(null);
    const one = taskData({ id: 't1', createdAt: '2026-03-01T10:01:00.000Z', progress });
    const two = taskData({ id: 't2', createdAt: '2026-03-01T10:02:00.000Z', progress });
    await (await server.next('Feed')).answer(feedData([one]));
    // Any answer with a task is news of it.
    const publish = async (task: object) => {
      void sender.generate({ model: 'm', prompt: 'Sea', scene: 'TEXT_TO_IMAGE' }, createId());
      await (
        await server.next('GenerateImage')
      ).answer({
        generateImage: { __typename: 'GenerateImagePayload', task, viewer },
      });
    };
    await publish(two);
    const done = { ...two, version: 2, status: 'SUCCESS' as const, images: [imageData('i2')] };
    const further = { ...one, version: 2, progress: progressData(40) };
    await publish(done);
    await publish(further);
    expect(feed.task('t2')?.images.map(({ id }) => id)).toEqual(['i2']);
    expect(feed.task('t2')?.progress.percent).toBeNull();
    expect(feed.task('t1')?.images).toEqual([]);
    expect(feed.task('t1')?.progress.percent).toBe(40);
  });
});
