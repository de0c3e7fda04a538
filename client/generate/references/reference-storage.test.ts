import { type Client, CombinedError } from '@urql/core';
import { createRoot, createSignal } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { FileStore } from './file-store.ts';
import { createReferenceStorage, fetchReferenceImage } from './reference-storage.ts';
import { createReferences } from './references.ts';

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const png = (name: string) => new File([new Uint8Array(pngSignature), name], name);
const image = (id: string) => ({ id, thumbnailUrl: `/${id}`, width: 30, height: 20 });

/** The IndexedDB of a browser, which outlives a page. */
const stored = new Map<string, File>();
const files: FileStore = {
  put: async (key, file) => void stored.set(key, file),
  get: async (key) => stored.get(key),
  delete: async (key) => void stored.delete(key),
  clear: async () => stored.clear(),
};

beforeEach(() => {
  sessionStorage.clear();
  stored.clear();
  URL.createObjectURL = () => 'blob:1';
  URL.revokeObjectURL = () => {};
});

/** A page in a tab, until it is left. `images` are the images that the server has for this user. */
function openPage(viewer: string | null | undefined, images: string[] = []) {
  const [viewerId, setViewerId] = createSignal(viewer);
  const onNotice = vi.fn();
  const fetchImage = vi.fn(async (id: string) => (images.includes(id) ? image(id) : null));
  const page = createRoot((leave) => {
    const references = createReferences({
      upload: () => new Promise(() => {}),
      canUpload: () => Boolean(viewerId()),
      decode: async () => ({ width: 30, height: 20 }),
    });
    const options = {
      references,
      storage: sessionStorage,
      files,
      viewerId,
      fetchImage,
      onNotice,
      retryMs: 0,
    };
    createReferenceStorage(options);
    return { references, leave };
  });
  onTestFinished(page.leave);
  const names = () => page.references.items.map(({ name }) => name);
  return { ...page, names, setViewerId, onNotice, fetchImage };
}

/** Everything that was to be written has been. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a reload', () => {
  it('brings uploaded images back by their id and pending files from the store, in their order', async () => {
    const before = openPage('a', ['one']);
    await settled();
    before.references.addImage(image('one'), 'one.png');
    await before.references.addFiles([png('two.png')], 4);
    await settled();
    before.leave();
    const after = openPage('a', ['one']);
    await vi.waitFor(() => expect(after.names()).toEqual(['one.png', 'two.png']));
    expect(after.references.items[0]).toMatchObject({
      previewUrl: '/one',
      state: { kind: 'uploaded', imageId: 'one' },
    });
    await vi.waitFor(() => expect(after.references.items[1]?.state.kind).toBe('uploading'));
    expect(after.onNotice).not.toHaveBeenCalled();
  });

  it('names what is gone, in the server or in the store', async () => {
    const before = openPage('a');
    await settled();
    before.references.addImage(image('one'), 'one.png');
    await before.references.addFiles([png('two.png')], 4);
    await settled();
    before.leave();
    stored.clear();
    const after = openPage('a');
    await vi.waitFor(() =>
      expect(after.onNotice).toHaveBeenCalledWith(
        'one.png and two.png are not here any more. Add them again.',
      ),
    );
    expect(after.names()).toEqual([]);
  });

  // Turns red where a reload right after the choice of a file loses it without a word.
  it('names a file that the store does not have yet', async () => {
    const put = Promise.withResolvers<void>();
    vi.spyOn(files, 'put').mockReturnValueOnce(put.promise);
    const before = openPage(null);
    await settled();
    await before.references.addFiles([png('one.png')], 4);
    await settled();
    expect(sessionStorage.getItem('proofsheet.references')).not.toContain('fileKey');
    put.resolve();
    await settled();
    expect(sessionStorage.getItem('proofsheet.references')).toContain('fileKey');
  });

  it('names a file that the store lost with a sign-out, until it is stored again', async () => {
    const page = openPage('a');
    await settled();
    await page.references.addFiles([png('one.png')], 4);
    await settled();
    page.setViewerId(null);
    await settled();
    vi.spyOn(files, 'put').mockReturnValueOnce(new Promise(() => {}));
    page.setViewerId('a');
    await settled();
    expect(sessionStorage.getItem('proofsheet.references')).not.toContain('fileKey');
  });

  it('loses nothing when a second one follows at once', async () => {
    const before = openPage(null);
    await settled();
    await before.references.addFiles([png('one.png')], 4);
    await settled();
    before.leave();
    const put = vi.spyOn(files, 'put').mockReturnValue(new Promise(() => {}));
    onTestFinished(() => put.mockRestore());
    const between = openPage(null);
    await vi.waitFor(() => expect(between.names()).toEqual(['one.png']));
    between.leave();
    const after = openPage(null);
    await vi.waitFor(() => expect(after.names()).toEqual(['one.png']));
    expect(after.onNotice).not.toHaveBeenCalled();
  });

  it('asks again while the server does not answer', async () => {
    const before = openPage('a');
    await settled();
    before.references.addImage(image('one'), 'one.png');
    before.leave();
    const after = openPage(undefined, ['one']);
    after.fetchImage.mockRejectedValueOnce(new TypeError('Failed to fetch'));
    after.setViewerId('a');
    await vi.waitFor(() => expect(after.names()).toEqual(['one.png']));
  });

  it('brings the files of a visitor back, also after a sign-in meanwhile', async () => {
    const before = openPage(null);
    await settled();
    await before.references.addFiles([png('one.png')], 4);
    await settled();
    before.leave();
    const after = openPage('a');
    await vi.waitFor(() => expect(after.names()).toEqual(['one.png']));
  });
});

describe('another user', () => {
  it.each([null, 'b'])('never gets what one had in the form: %s after a', async (next) => {
    const before = openPage('a', ['one']);
    await settled();
    before.references.addImage(image('one'), 'one.png');
    await before.references.addFiles([png('two.png')], 4);
    await settled();
    before.leave();
    const after = openPage(next, ['one']);
    await vi.waitFor(() => expect(stored.size).toBe(0));
    await settled();
    expect(after.names()).toEqual([]);
    expect(after.onNotice).not.toHaveBeenCalled();
    expect(sessionStorage.length).toBe(0);
  });

  // Turns red where what was asked for under one user is shown under the next.
  it.each(['leaves', 'signs out'])(
    'gets nothing that was still being fetched when the one before %s',
    async (how) => {
      const before = openPage('a');
      await settled();
      before.references.addImage(image('one'), 'one.png');
      before.leave();
      const after = openPage(undefined);
      const answer = Promise.withResolvers<ReturnType<typeof image>>();
      after.fetchImage.mockReturnValueOnce(answer.promise);
      after.setViewerId('a');
      if (how === 'leaves') after.leave();
      else after.setViewerId('b');
      answer.resolve(image('one'));
      await settled();
      expect(after.names()).toEqual([]);
    },
  );

  it('leaves nothing behind by signing out', async () => {
    const page = openPage('a');
    await settled();
    await page.references.addFiles([png('two.png')], 4);
    await settled();
    expect(stored.size).toBe(1);
    page.setViewerId(null);
    await settled();
    expect([stored.size, sessionStorage.length]).toEqual([0, 0]);
  });
});

// Turns red where a refusal counts as the answer that there is no such image.
it('rejects where the server answers with an error, so that it is asked again', async () => {
  const error = new CombinedError({
    graphQLErrors: [{ message: 'Too many', extensions: { code: 'RATE_LIMITED' } }],
  });
  const client = { query: () => ({ toPromise: async () => ({ data: { node: null }, error }) }) };
  await expect(fetchReferenceImage(client as unknown as Client, 'one')).rejects.toBe(error);
});

it('holds no file any longer than it takes to upload or to be removed', async () => {
  const page = openPage(null);
  await settled();
  await page.references.addFiles([png('one.png'), png('two.png')], 4);
  await settled();
  expect(stored.size).toBe(2);
  page.references.remove(page.references.items[0]!.id);
  await settled();
  expect([...stored.values()].map(({ name }) => name)).toEqual(['two.png']);
  page.references.clear();
  await settled();
  expect([stored.size, sessionStorage.length]).toEqual([0, 0]);
});

it.each(['{', '[]', '{"ownerId":null}', '{"ownerId":5,"references":[]}'])(
  'begins empty where storage holds %s',
  async (text) => {
    sessionStorage.setItem('proofsheet.references', text);
    const page = openPage('a');
    await settled();
    expect(page.names()).toEqual([]);
    page.references.addImage(image('one'), 'one.png');
    expect(sessionStorage.getItem('proofsheet.references')).toContain('one.png');
  },
);
