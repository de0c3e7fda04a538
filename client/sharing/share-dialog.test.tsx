import { fireEvent, render, screen } from '@solidjs/testing-library';
import { Provider } from '@urql/solid';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { installBrowserParts, press } from '../testing/browser.ts';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { entity, imageData, taskData } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';
import { ShareDialog } from './share-dialog.tsx';

const task = taskData({
  id: 'task-1',
  status: 'SUCCESS',
  images: [imageData('image-1'), imageData('image-2')],
});
const link = (id: string, further: object = {}) =>
  entity('ShareLink', {
    id,
    url: `https://proofs.example/s/${id}`,
    includesPrompt: true,
    createdAt: '2026-03-01T12:00:00.000Z',
    task,
    image: task.images[0]!,
    ...further,
  });

async function open(...links: object[]) {
  const { server, client } = createScriptedApi();
  const toasts = createToasts();
  const onClose = vi.fn();
  render(() => (
    <Provider value={client}>
      <ShareDialog task={task} image={task.images[0]!} toasts={toasts} onClose={onClose} />
    </Provider>
  ));
  await (
    await server.next('ShareLinks')
  ).answer({
    viewer: entity('Viewer', { id: 'viewer-1', shareLinks: links }),
  });
  return { server, toasts };
}

const address = () => screen.queryByLabelText<HTMLInputElement>('Address')?.value;
const prompt = () => screen.getByLabelText<HTMLInputElement>('Show the prompt');

/** A device that takes what `takes` says. */
function shareable(takes: (data: ShareData) => boolean) {
  const share = vi.fn(async () => {});
  Object.assign(navigator, { share, canShare: takes });
  onTestFinished(() => {
    for (const name of ['share', 'canShare']) Reflect.deleteProperty(navigator, name);
  });
  return share;
}

describe('the dialog that shares an image', () => {
  beforeAll(installBrowserParts);

  it('creates a link, and hands it to the device', async () => {
    const share = shareable(({ url }) => url !== undefined);
    const { server } = await open();
    expect(address()).toBeUndefined();
    press('Create link');
    const request = await server.next('CreateShareLink');
    expect(request.variables).toEqual({
      input: { task: 'task-1', image: 'image-1', includesPrompt: true },
    });
    await request.answer({
      createShareLink: entity('CreateShareLinkPayload', { shareLink: link('new') }),
    });
    expect(address()).toBe('https://proofs.example/s/new');
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Copy' }));
    press('Share…');
    expect(share).toHaveBeenCalledWith({ url: 'https://proofs.example/s/new' });
  });

  it('hands the picture itself to the device, without a link, where the device takes pictures', async () => {
    const share = shareable(({ files }) => files?.[0]?.type === 'image/png');
    const picture = new Response('x', { headers: { 'content-type': 'image/png' } });
    vi.stubGlobal('fetch', async (url: string) => (url === '/image-1?download' ? picture : new Response()));
    onTestFinished(() => void vi.unstubAllGlobals());
    await open(link('there'));
    fireEvent.click(await screen.findByRole('button', { name: 'Share picture…' }));
    expect(share).toHaveBeenCalledWith({ files: [expect.objectContaining({ name: 'proofsheet.png' })] });
    // It takes no addresses.
    expect(screen.queryByRole('button', { name: 'Share…' })).toBeNull();
  });

  it('offers neither where the device takes nothing', async () => {
    shareable(() => false);
    await open(link('there'));
    await settled();
    expect(screen.queryByRole('button', { name: /Share/ })).toBeNull();
    expect(address()).toBe('https://proofs.example/s/there');
  });

  it('finds the link that there is, and not those of other images or of the task', async () => {
    await open(
      link('whole', { image: null }),
      link('other', { image: task.images[1] }),
      link('hidden', { includesPrompt: false }),
    );
    expect(address()).toBe('https://proofs.example/s/hidden');
    expect(prompt().checked).toBe(false);
    fireEvent.click(prompt());
    expect(address()).toBeUndefined();
    expect(screen.getByText(/There is also a link without the prompt/)).toBeTruthy();
  });

  it('ends a link, also one that another tab has ended', async () => {
    const { server, toasts } = await open(link('old'));
    press('Stop sharing');
    const request = await server.next('RevokeShareLink');
    expect(request.variables).toEqual({ id: 'old' });
    await request.refuse('NOT_FOUND', { field: 'id' });
    expect(address()).toBeUndefined();
    expect(toasts.list().map(({ text }) => text)).toEqual(['No longer shared.']);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Create link' }));
  });

  it('says why there is no link', async () => {
    const { server } = await open();
    press('Create link');
    await (await server.next('CreateShareLink')).refuse('INVALID_INPUT');
    expect(screen.getByRole('alert').textContent).toContain('as many links as there can be');
    press('Create link');
    await (await server.next('CreateShareLink')).drop();
    await settled();
    expect(screen.getByRole('alert').textContent).toContain('could not be reached');
  });
});
