import { cleanup, render } from '@solidjs/testing-library';
import { Provider } from '@urql/solid';
import { expect, it, onTestFinished } from 'vitest';
import { cache } from '../api/cache.ts';
import { createApi } from '../api/client.ts';
import { createFavorites } from '../gallery/favorites.ts';
import { createRouter } from '../ui/router.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createFeed } from '../feed/feed.ts';
import { HistoryPage } from './history-page.tsx';
import { createScriptedServer, settled } from '../testing/scripted-server.ts';
import { feedData, imageData, taskData } from '../testing/tasks.ts';

it('shows the numbers of tasks that the feed does not have as soon as they are loaded', async () => {
  history.replaceState(null, '', '/history');
  const server = createScriptedServer();
  const api = createApi({ url: 'http://localhost/graphql', cache, fetch: server.fetch });
  onTestFinished(() => {
    cleanup();
    api.dispose();
  });
  const { container } = render(() => (
    <Provider value={api.client}>
      <HistoryPage
        heading="History"
        client={api.client}
        router={createRouter()}
        feed={createFeed(api.client, () => undefined)}
        favorites={createFavorites(localStorage, () => 'viewer-1')}
        models={[]}
        viewerId={() => 'viewer-1'}
        isVisitor={false}
        changes={() => 0}
        toasts={createToasts()}
        onRefresh={async () => undefined}
        onUse={() => {}}
        onRemix={() => {}}
        onDelete={() => {}}
        onSignIn={() => {}}
      />
    </Provider>
  ));
  const tasks = ['c', 'b', 'a'].map((id) =>
    taskData({ id, status: 'SUCCESS', images: [imageData(`i${id}`)] }),
  );
  await (await server.next('History')).answer(feedData(tasks));
  await settled();
  const codes = [...container.querySelectorAll('.task-image-code')].map(({ textContent }) => textContent);
  expect(codes).toEqual(['3', '2', '1']);
});
