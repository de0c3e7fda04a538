import { cleanup, fireEvent, render, screen, within } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { cache } from '../api/cache.ts';
import { createApi } from '../api/client.ts';
import { App } from './app.tsx';
import type { AuthClient, AuthProblem } from '../auth/auth-client.ts';
import { integerOption, modelData } from '../testing/models.ts';
import { installBrowserParts } from '../testing/browser.ts';
import { createFakeSockets } from '../testing/fake-sockets.ts';
import { createScriptedServer, settled } from '../testing/scripted-server.ts';
import { createLanguage } from '../i18n/language.ts';
import { createTheme } from '../ui/theme.ts';
import { entity, feedData, imageData, taskData } from '../testing/tasks.ts';
import { preloadTaskCards } from '../feed/feed-view.tsx';
import type { Task } from '../api/task.ts';

const viewer = (credits: number) =>
  entity('Viewer', { id: 'viewer-1', name: 'A B', email: 'a@example.com', credits });

const model = entity('Model', {
  ...modelData({
    id: 'model-1',
    label: 'Lumen XL',
    options: [entity('ModelOption', integerOption('count', 1, 4))],
  }),
  provider: entity('Provider', { id: 'provider-1', label: 'Forge', sandbox: true }),
});

function open(auth: Partial<AuthClient> = {}, dueChunks = () => 3) {
  const server = createScriptedServer();
  const sockets = createFakeSockets();
  const works = async (): Promise<AuthProblem | undefined> => undefined;
  render(() => (
    <App
      auth={{
        signIn: works,
        signUp: works,
        signOut: works,
        request: async () => ({ problem: undefined, body: {} }),
        ...auth,
      }}
      createApi={(options) =>
        createApi({
          ...options,
          url: 'http://localhost/graphql',
          cache,
          fetch: server.fetch,
          webSocketImpl: sockets.implementation,
        })
      }
      upload={() => new Promise(() => {})}
      storage={sessionStorage}
      settings={undefined}
      theme={createTheme(document, undefined)}
      language={createLanguage({ document, storage: undefined, wanted: [] })}
      dueChunks={dueChunks()}
    />
  ));
  const loadModels = async () =>
    (await server.next('Models')).answer({ textToImage: [model], imageToImage: [] });
  const signedIn = async (tasks: Task[], credits = 12) => {
    await (await server.next('Session')).answer({ viewer: viewer(credits) });
    await (await server.next('Feed')).answer(feedData(tasks));
    await loadModels();
    // What follows tasks comes with the sign-in.
    await vi.dynamicImportSettled();
    await settled();
  };
  return { server, sockets, loadModels, signedIn };
}

const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));
const write = (label: string, value: string) =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } });
const card = (number: number) => screen.getByRole('article', { name: `Request ${number}` });

describe('the page', () => {
  beforeAll(async () => {
    installBrowserParts();
    await preloadTaskCards();
  });
  beforeEach(() => sessionStorage.clear());
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });

  it('lets a visitor write first and sign in on the way; the request is then sent automatically', async () => {
    const { server, loadModels } = open();
    await (await server.next('Session')).answer({ viewer: null });
    await loadModels();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe(
      'Describe a picture. Watch it develop.',
    );
    expect(server.log).not.toContain('Feed');
    write('Prompt', 'Sea');
    press(/^Generate/);
    await screen.findByRole('heading', { name: 'Create an account to develop this' });
    press('I already have an account');
    expect(screen.getByRole('heading', { name: 'Sign in to develop this' })).toBeTruthy();
    write('Email', 'a@example.com');
    write('Password', 'long enough');
    fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Sign in' }));
    await (await server.next('Session')).answer({ viewer: viewer(12) });
    await (await server.next('Feed')).answer(feedData([]));
    const request = await server.next('GenerateImage');
    expect(request.variables['input']).toMatchObject({ prompt: 'Sea', model: 'model-1' });
    expect(within(card(1)).getByText('Sending')).toBeTruthy();
    await request.answer({
      generateImage: {
        __typename: 'P',
        task: taskData({ id: 'a', prompt: 'Sea', createdAt: new Date().toISOString() }),
        viewer: viewer(10),
      },
    });
    expect(within(card(1)).getByRole('progressbar').getAttribute('aria-valuetext')).toBe(
      '10 percent, estimated, about 20 seconds left',
    );
    expect(screen.getByText('10', { selector: '.balance strong' })).toBeTruthy();
    expect(screen.getByLabelText<HTMLTextAreaElement>('Prompt').value).toBe('Sea');
  });

  it('renders in chunks, and none is rendered again by the next', async () => {
    const [dueChunks, setDueChunks] = createSignal(0);
    const { server } = open({}, dueChunks);
    expect(screen.queryByRole('banner')).toBeNull();
    setDueChunks(1);
    await (await server.next('Session')).answer({ viewer: null });
    expect(screen.queryByRole('banner')).toBeNull();
    setDueChunks(2);
    const topBar = screen.getByRole('banner');
    expect(screen.queryByRole('main')).toBeNull();
    setDueChunks(3);
    expect(screen.getByRole('main')).toBeTruthy();
    expect(screen.getByRole('banner')).toBe(topBar);
    await settled();
    expect(server.log.filter((name) => name === 'Session')).toHaveLength(1);
  });

  it('moves the focus to what is missing', async () => {
    const { signedIn } = open();
    await signedIn([]);
    press(/^Generate/);
    await settled();
    expect(document.activeElement).toBe(screen.getByLabelText('Prompt'));
    expect(screen.getByText('Write what you want to see first.')).toBeTruthy();
  });

  it('says plainly that the sandbox draws the pictures', async () => {
    const { signedIn } = open();
    await signedIn([]);
    expect(
      screen.getByText('Sandbox: pictures are drawn by a built-in emulator, not by Forge.'),
    ).toBeTruthy();
  });

  it('shows results with their addresses, and failures with what can be done', async () => {
    const { signedIn } = open();
    const images = [imageData('one'), imageData('two')];
    await signedIn([
      taskData({ id: 'b', status: 'SUCCESS', options: { count: 2 }, images }),
      taskData({
        id: 'a',
        status: 'FAILED',
        failure: entity('TaskFailure', { code: 'CONTENT_BLOCKED', retryable: false } as const),
        refundedCredits: 4,
        createdAt: '2026-02-28T10:00:00.000Z',
      }),
    ]);
    const download = within(card(2)).getByRole('link', { name: 'Download frame 2A' });
    expect(download.getAttribute('href')).toBe('/two?download');
    const picture = within(card(2)).getByAltText('Frame 2: A lighthouse');
    expect([picture.getAttribute('width'), picture.getAttribute('height')]).toEqual(['1024', '1024']);
    expect(within(card(1)).getByText(/Your 4 credits are back\./)).toBeTruthy();
    expect(within(card(1)).queryByRole('button', { name: 'Try again' })).toBeNull();
    fireEvent.click(within(card(1)).getByRole('button', { name: 'Edit prompt' }));
    await vi.waitFor(() =>
      expect(screen.getByLabelText<HTMLTextAreaElement>('Prompt').value).toBe('A lighthouse'),
    );
  });

  it('deletes after ten seconds in which it can be undone', async () => {
    const { signedIn, server } = open();
    await signedIn([taskData({ id: 'a', status: 'SUCCESS', images: [imageData('one')] })]);
    vi.useFakeTimers();
    press('More about request 1');
    press('Delete');
    expect(screen.queryByRole('article')).toBeNull();
    // jsdom knows no top layer, so the notice counts as hidden.
    fireEvent.click(screen.getByRole('button', { name: 'Undo', hidden: true }));
    expect(card(1)).toBeTruthy();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.log).not.toContain('Deletions');
    press('More about request 1');
    press('Delete');
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await server.next('Deletions')).variables).toEqual({ deleteTask0: 'a' });
  });

  it('keeps on screen what a failed refresh would have replaced', async () => {
    const { signedIn, server } = open();
    await signedIn([taskData({ id: 'a', status: 'SUCCESS', images: [imageData('one')] })]);
    const before = card(1);
    document.dispatchEvent(new Event('visibilitychange'));
    await (await server.next('Feed')).drop();
    await (await server.next('Session')).drop();
    expect(card(1)).toBe(before);
    expect(screen.getByText('12', { selector: '.balance strong' })).toBeTruthy();
  });

  it('says so when the session has ended, and loses nothing', async () => {
    const { signedIn, server } = open();
    await signedIn([]);
    write('Prompt', 'Sea');
    press(/^Generate/);
    await (await server.next('GenerateImage')).refuse('UNAUTHENTICATED');
    await (await server.next('Session')).answer({ viewer: null });
    expect(
      screen.getByText('You were signed out. Nothing was lost.', { selector: '.toast span' }),
    ).toBeTruthy();
    expect(screen.getByLabelText<HTMLTextAreaElement>('Prompt').value).toBe('Sea');
  });

  it('shows nothing of one person to the next, where a session has expired', async () => {
    const { signedIn, server } = open();
    await signedIn([taskData({ id: 'a', status: 'SUCCESS', images: [imageData('one')] })]);
    document.dispatchEvent(new Event('visibilitychange'));
    await (await server.next('Session')).answer({ viewer: null });
    expect(screen.queryByRole('article')).toBeNull();
    document.dispatchEvent(new Event('visibilitychange'));
    const other = { viewer: { ...viewer(20), id: 'viewer-2' } };
    await (await server.next('Session')).answer(other);
    expect(screen.queryByRole('article')).toBeNull();
    // Everything starts again: the socket was opened for the previous user.
    await (await server.next('Session')).answer(other);
    expect(screen.queryByRole('article')).toBeNull();
    expect(screen.getByText('Loading your images')).toBeTruthy();
  });

  it('forgets what one person saw when they sign out', async () => {
    const { signedIn, server } = open();
    await signedIn([taskData({ id: 'a', status: 'SUCCESS', images: [imageData('one')] })]);
    write('Prompt', 'Sea');
    // jsdom knows no popovers that open, so the menu of the account counts as hidden.
    fireEvent.click(screen.getByRole('button', { name: 'Sign out', hidden: true }));
    await settled();
    expect(screen.queryByRole('article')).toBeNull();
    await (await server.next('Session')).answer({ viewer: null });
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeTruthy();
    expect(screen.getByLabelText<HTMLTextAreaElement>('Prompt').value).toBe('Sea');
    expect(document.activeElement).toBe(screen.getByRole('main'));
  });
});
