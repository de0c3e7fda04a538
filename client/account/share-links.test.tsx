import { render, screen } from '@solidjs/testing-library';
import { beforeAll, describe, expect, it } from 'vitest';
import { installBrowserParts, press, submitForm } from '../testing/browser.ts';
import { createScriptedApi } from '../testing/scripted-server.ts';
import { entity, imageData, taskData } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';
import { ShareLinks } from './share-links.tsx';

const images = [imageData('image-1'), imageData('image-2')];
const link = entity('ShareLink', {
  id: 'link-1',
  url: 'https://proofs.example/s/link-1',
  includesPrompt: false,
  createdAt: '2026-03-01T12:00:00.000Z',
  task: taskData({ id: 'task-1', images }),
  image: null,
});
const listOf = (...shareLinks: object[]) => ({ viewer: entity('Viewer', { id: 'viewer-1', shareLinks }) });

describe('the shared links', () => {
  beforeAll(installBrowserParts);

  it('are listed with what they show, and end after a confirmation', async () => {
    const { server, client } = createScriptedApi();
    const toasts = createToasts();
    render(() => <ShareLinks client={client} viewerId="viewer-1" toasts={toasts} />);
    await (await server.next('ShareLinks')).answer(listOf(link));
    const item = screen.getByRole('listitem');
    for (const text of ['A lighthouse', link.url, '2 images, without the prompt'])
      expect(item.textContent).toContain(text);
    expect(item.querySelector('img')!.getAttribute('src')).toBe(images[0]!.thumbnailUrl);
    expect(screen.getByRole('link').getAttribute('href')).toBe(link.url);

    press('Stop sharing: A lighthouse');
    submitForm();
    const request = await server.next('RevokeShareLink');
    expect(request.variables).toEqual({ id: 'link-1' });
    await request.answer({ revokeShareLink: entity('RevokeShareLinkPayload', { revokedId: 'link-1' }) });
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'Shared links' }));
    await (await server.next('ShareLinks')).answer(listOf());
    expect(screen.getByText(/You share nothing/)).toBeTruthy();
    expect(toasts.list().map(({ text }) => text)).toEqual(['No longer shared.']);
  });
});
