// @vitest-environment node
import { describe, expect, it, vi } from 'vitest';
import { imageData, taskData } from '../testing/tasks.ts';
import { settled } from '../testing/scripted-server.ts';
import { createToasts } from '../ui/toasts.tsx';
import type { TaskImage } from '../api/task.ts';
import { createDownloads } from './downloads.ts';
import type { GalleryItem } from './image-actions.ts';
import type { FileEnding } from './image-file.ts';

const itemOf = (id: string, code: string): GalleryItem => ({
  task: taskData({ id: `task-${id}` }),
  image: imageData(id),
  code,
});
const png = () => new Response('picture', { headers: { 'content-type': 'image/png' } });

/** `answers` says what each address gives; anything else is forbidden, like an address that ran out. */
function open(answers: Record<string, () => Response>) {
  const toasts = createToasts();
  const saved: { name: string; size: number }[] = [];
  const fresh = new Map<string, TaskImage>();
  const asked: string[] = [];
  const refresh = vi.fn(async (_taskId: string) => {});
  const convert = vi.fn(async (file: Blob, _ending: FileEnding) => file);
  const downloads = createDownloads({
    convert,
    toasts,
    refresh,
    current: ({ image }) => fresh.get(image.id) ?? image,
    fetch: async (url) => {
      asked.push(String(url));
      return answers[String(url)]?.() ?? new Response('', { status: 403 });
    },
    save: (file, name) => saved.push({ name, size: file.size }),
  });
  return { toasts, saved, fresh, asked, refresh, downloads, convert };
}

describe('downloads', () => {
  it('save one picture under a name of its prompt and its number', async () => {
    const { downloads, saved } = open({ '/a?download': () => png() });
    await downloads.one(itemOf('a', '29'));
    expect(saved).toEqual([{ name: 'a-lighthouse-29.png', size: 7 }]);
  });

  it('save it as another type, or say that the browser cannot', async () => {
    const { downloads, saved, toasts, convert } = open({ '/a?download': () => png() });
    convert.mockResolvedValueOnce(new Blob(['jpeg'], { type: 'image/jpeg' }));
    await downloads.one(itemOf('a', '29'), 'jpg');
    expect(saved).toEqual([{ name: 'a-lighthouse-29.jpg', size: 4 }]);
    convert.mockRejectedValueOnce(new Error('The browser writes no image/webp'));
    await downloads.one(itemOf('a', '29'), 'webp');
    expect(saved).toHaveLength(1);
    expect(toasts.list().map(({ text }) => text)).toEqual(['This browser could not make a WebP file of it.']);
  });

  it('fetch a new address where the old one ran out, without a word', async () => {
    const { downloads, saved, fresh, refresh, toasts } = open({ '/new': () => png() });
    refresh.mockImplementation(async () => {
      fresh.set('a', { ...imageData('a'), downloadUrl: 'https://files.example/new' });
    });
    await downloads.one(itemOf('a', '29A'));
    expect(refresh).toHaveBeenCalledWith('task-a');
    expect(saved.map(({ name }) => name)).toEqual(['a-lighthouse-29A.png']);
    expect(toasts.list()).toEqual([]);
  });

  it('report the image that failed, and retry it on request', async () => {
    const answers: Record<string, () => Response> = {};
    const { downloads, saved, toasts } = open(answers);
    await downloads.one(itemOf('a', '29A'));
    expect(toasts.list().map(({ text }) => text)).toEqual(['Frame 29A did not download.']);
    answers['/a?download'] = () => png();
    toasts.list()[0]?.action?.run();
    await vi.waitFor(() => expect(saved).toHaveLength(1));
    expect(toasts.list()).toEqual([]);
  });

  it('put several into one zip, and offer the one that is missing', async () => {
    const answers: Record<string, () => Response> = {
      '/a?download': () => png(),
      '/c?download': () => png(),
    };
    const { downloads, saved, toasts } = open(answers);
    await downloads.many([itemOf('a', '29'), itemOf('b', '29A'), itemOf('c', '29B')], 'proofsheet-29');
    expect(saved.map(({ name }) => name)).toEqual(['proofsheet-29.zip']);
    const [toast] = toasts.list();
    expect(toast?.text).toBe('2 of 3 frames downloaded.');
    expect(toast?.action?.label).toBe('Get the missing one');
    answers['/b?download'] = () => png();
    toast?.action?.run();
    await vi.waitFor(() =>
      expect(saved.map(({ name }) => name)).toEqual(['proofsheet-29.zip', 'a-lighthouse-29A.png']),
    );
  });

  it('collect once, however often they are asked to', async () => {
    const { downloads, asked } = open({});
    const items = [itemOf('a', '1'), itemOf('b', '1A')];
    const first = downloads.many(items, 'proofsheet-1');
    expect(downloads.isCollecting()).toBe(true);
    await downloads.many(items, 'proofsheet-1');
    await settled();
    await first;
    // Each once, and once more after its address was fetched again.
    expect(asked).toHaveLength(4);
    expect(downloads.isCollecting()).toBe(false);
  });
});
