import { render } from '@solidjs/testing-library';
import { Provider } from '@urql/solid';
import { expect, it } from 'vitest';
import { createRouter } from '../ui/router.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createFeed } from '../feed/feed.ts';
import { HistoryPage } from './history-page.tsx';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { feedData, imageData, taskData } from '../testing/tasks.ts';

it('shows the numbers of tasks that the feed does not have as soon as they are loaded', async () => {
  history.replaceState(null, '', '/history');
  const { server, client } = createScriptedApi();
  const toasts = createToasts();
  const { container } = render(() => (
    <Provider value={client}>
      <HistoryPage
        heading="History"
        client={client}
        router={createRouter()}
        feed={createFeed(client, () => undefined)}
        favorites={{ has: ({ favorite }) => favorite, toggle() {}, set() {} }}
        models={[]}
        viewerId={() => 'viewer-1'}
        isVisitor={false}
        changes={() => 0}
        toasts={toasts}
        onRefresh={async () => undefined}
        onUse={() => {}}
        onRemix={() => {}}
        repeats={async () => ({
          sameSeed() {},
          vary() {},
          offers: async () => [],
          send: async () => {},
          retry: async () => {},
        })}
        actions={() => undefined}
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
