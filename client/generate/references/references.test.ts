import { createRoot, createSignal } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { showTables } from '../../i18n/language.ts';
import { german } from '../../i18n/messages-german.ts';
import { createReferences, referenceProblem } from './references.ts';
import type { DecodePicture } from './check-file.ts';
import { type UploadedImage, UploadError } from './upload.ts';

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const png = (name: string, seed = name) => new File([new Uint8Array(pngSignature), seed], name);

interface Upload {
  file: File;
  signal: AbortSignal;
  onProgress: (percent: number) => void;
  succeed: (id: string) => void;
  fail: (error: unknown) => void;
}

function start(
  options: { isSignedIn?: boolean; decode?: DecodePicture; shrink?: (file: File) => Promise<File> } = {},
) {
  const uploads: Upload[] = [];
  const [isSignedIn, setSignedIn] = createSignal(options.isSignedIn ?? true);
  const onUnauthenticated = vi.fn();
  const { references, dispose } = createRoot((end) => ({
    dispose: end,
    references: createReferences({
      upload: (file, { signal, onProgress }) =>
        new Promise<UploadedImage>((resolve, reject) => {
          const succeed = (id: string) => resolve({ id, width: 30, height: 20 });
          uploads.push({ file, signal, onProgress, succeed, fail: reject });
        }),
      canUpload: isSignedIn,
      onUnauthenticated,
      ...(options.shrink && { shrink: options.shrink }),
      decode: options.decode ?? (async () => ({ width: 30, height: 20 })),
    }),
  }));
  onTestFinished(() => {
    dispose();
    expect(previews.size, 'previews that were not given back').toBe(0);
  });
  const states = () => references.items.map(({ state }) => state.kind);
  const uploadOf = (name: string) => {
    const upload = uploads.findLast(({ file }) => file.name === name);
    if (!upload) throw new Error(`${name} is not being uploaded.`);
    return upload;
  };
  const idOf = (name: string) => references.items.find((item) => item.name === name)?.id ?? '';
  return { references, uploads, states, uploadOf, idOf, setSignedIn, onUnauthenticated, dispose };
}

/** Preview addresses that hold memory. */
const previews = new Set<string>();

describe('reference images', () => {
  beforeEach(() => {
    previews.clear();
    let count = 0;
    URL.createObjectURL = () => {
      const url = `blob:${++count}`;
      previews.add(url);
      return url;
    };
    URL.revokeObjectURL = (url) => void previews.delete(url);
  });

  it('uploads a file at once and reports the progress', async () => {
    const { references, states, uploadOf } = start();
    await references.addFiles([png('a.png')], 4);
    expect(references.items[0]).toMatchObject({
      state: { kind: 'uploading', percent: 0 },
      previewUrl: 'blob:1',
    });
    expect(references.pending()).toHaveLength(1);
    uploadOf('a.png').onProgress(64);
    expect(references.items[0]?.state).toEqual({ kind: 'uploading', percent: 64 });
    uploadOf('a.png').succeed('image-1');
    await vi.waitFor(() => expect(states()).toEqual(['uploaded']));
    expect(references.items[0]?.state).toEqual({ kind: 'uploaded', imageId: 'image-1' });
    expect(references.pending()).toEqual([]);
  });

  it('uploads three at a time, the next when a place is free', async () => {
    const { references, states, uploads, uploadOf } = start();
    await references.addFiles(
      ['a', 'b', 'c', 'd', 'e'].map((name) => png(name)),
      10,
    );
    expect(states()).toEqual(['uploading', 'uploading', 'uploading', 'queued', 'queued']);
    uploadOf('b').succeed('image-b');
    await vi.waitFor(() => expect(uploads).toHaveLength(4));
    expect(states()).toEqual(['uploading', 'uploaded', 'uploading', 'uploading', 'queued']);
  });

  it('says what is wrong with a file and sends nothing of it', async () => {
    const { references, uploads } = start();
    await references.addFiles(
      [new File(['text'], 'notes.txt'), new File([png('big'), new Uint8Array(6e6)], 'big.png')],
      4,
    );
    expect(references.items.map(({ state }) => state)).toEqual([
      { kind: 'faulty', fault: 'wrongType' },
      { kind: 'faulty', fault: 'tooBig' },
    ]);
    expect(uploads).toEqual([]);
    expect(references.pending()).toEqual([]);
  });

  it('makes a picture smaller that is too big, says from what, and undoes it', async () => {
    const { references, uploadOf, states, uploads } = start({ shrink: async () => png('big.webp') });
    const big = new File([png('big'), new Uint8Array(6e6)], 'big.png');
    await references.addFiles([big], 4);
    expect(references.items[0]).toMatchObject({
      name: 'big.webp',
      original: { name: 'big.png', byteSize: big.size },
      state: { kind: 'uploading' },
    });
    references.unshrink(references.items[0]!.id);
    expect(uploadOf('big.webp').signal.aborted).toBe(true);
    await vi.waitFor(() => expect(references.items[0]?.state).toEqual({ kind: 'faulty', fault: 'tooBig' }));
    expect(references.items[0]?.name).toBe('big.png');
    expect(references.items[0]?.original).toBeUndefined();
    expect(previews.size).toBe(0);
    await references.shrink(references.items[0]!.id);
    expect(states()).toEqual(['uploading']);
    expect(uploads).toHaveLength(2);
  });

  // Turns red where the picture that was shown before counts as the check of the smaller one.
  it('makes a picture smaller that the server found too big, to the limit that it named', async () => {
    const shrink = vi.fn(async () => png('a.webp'));
    const { references, states, uploadOf, uploads } = start({ shrink });
    await references.addFiles([png('a.png')], 4);
    const refusal = { code: 'UPLOAD_TOO_LARGE', message: 'Words of the server.', maxBytes: 1_000 } as const;
    uploadOf('a.png').fail(new UploadError(refusal));
    await vi.waitFor(() => expect(states()).toEqual(['faulty']));
    await references.shrink(references.items[0]!.id);
    expect(shrink).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'a.png' }), 1_000);
    expect(states()).toEqual(['uploading']);
    expect(uploads).toHaveLength(2);
    expect([...previews]).toEqual([references.items[0]!.previewUrl]);
  });

  it('offers a failed upload again', async () => {
    const { references, states, uploadOf, uploads, idOf } = start();
    await references.addFiles([png('a.png')], 4);
    uploadOf('a.png').fail(new UploadError({ code: 'NETWORK' }));
    await vi.waitFor(() => expect(states()).toEqual(['failed']));
    references.retry(idOf('a.png'));
    expect(states()).toEqual(['uploading']);
    expect(uploads).toHaveLength(2);
  });

  it.each([
    ['UPLOAD_TOO_LARGE', 'tooBig'],
    ['UNSUPPORTED_MEDIA_TYPE', 'wrongType'],
    ['UNREADABLE_IMAGE', 'unreadable'],
  ] as const)('takes the refusal %s for %s, which no retry helps', async (code, fault) => {
    const { references, uploadOf } = start();
    await references.addFiles([png('a.png')], 4);
    uploadOf('a.png').fail(new UploadError({ code }));
    await vi.waitFor(() => expect(references.items[0]?.state).toEqual({ kind: 'faulty', fault }));
  });

  it('keeps the words of the server about a file that it refused', async () => {
    const { references, uploadOf } = start();
    await references.addFiles([png('a.png')], 4);
    const message = 'This image has 81 megapixels. Each image can have up to 40: make it smaller.';
    uploadOf('a.png').fail(new UploadError({ code: 'UPLOAD_TOO_LARGE', message }));
    await vi.waitFor(() => expect(referenceProblem(references.items[0]!)).toBe(`a.png: ${message}`));
  });

  it.each([
    ['UPLOAD_TOO_LARGE', 'a.png ist zu groß. Verkleinere das Bild oder nimm ein anderes.'],
    [
      'UNSUPPORTED_MEDIA_TYPE',
      'a.png ist kein Bild, das wir verwenden können. Versuch es mit PNG, JPEG oder WebP.',
    ],
    ['UNREADABLE_IMAGE', 'a.png ließ sich nicht öffnen. Vielleicht ist die Datei beschädigt.'],
    [
      'STORAGE_FULL',
      'a.png passt nicht mehr in deinen Bildspeicher. Lösche Bilder oder Aufträge, die du nicht mehr brauchst, und versuch es dann erneut.',
    ],
  ] as const)('explains the refusal %s in the language of the page', async (code, inGerman) => {
    const { references, states, uploadOf } = start();
    await references.addFiles([png('a.png')], 4);
    uploadOf('a.png').fail(new UploadError({ code, message: 'Words of the server.' }));
    const problem = () => referenceProblem(references.items[0]!);
    await vi.waitFor(() => expect(problem()).toBe('a.png: Words of the server.'));
    expect(states()).toEqual([code === 'STORAGE_FULL' ? 'failed' : 'faulty']);
    showTables(german);
    onTestFinished(() => showTables({}));
    expect(problem()).toBe(inGerman);
  });

  it.each([
    [
      { maxBytes: 1_048_576 },
      'a.png is too big to upload. An upload can have up to 1 MB.',
      'a.png ist zu groß zum Hochladen. Ein Upload darf höchstens 1 MB haben.',
    ],
    [
      { maxPixels: 12_500_000 },
      'a.png has too many pixels. Each image can have up to 12.5 megapixels.',
      'a.png hat zu viele Pixel. Ein Bild darf bis zu 12,5 Megapixel haben.',
    ],
  ])('names the limit %o of the server in the language of the page', async (limits, english, inGerman) => {
    const { references, uploadOf } = start();
    await references.addFiles([png('a.png')], 4);
    const refusal = { code: 'UPLOAD_TOO_LARGE', message: 'Words of the server.', ...limits } as const;
    uploadOf('a.png').fail(new UploadError(refusal));
    const problem = () => referenceProblem(references.items[0]!);
    await vi.waitFor(() => expect(problem()).toBe(english));
    showTables(german);
    onTestFinished(() => showTables({}));
    expect(problem()).toBe(inGerman);
  });

  it('stops the upload of a removed file, gives its preview back and starts the next', async () => {
    const { references, states, uploadOf, uploads, idOf } = start();
    await references.addFiles(
      ['a', 'b', 'c', 'd'].map((name) => png(name)),
      4,
    );
    references.remove(idOf('a'));
    expect(uploadOf('a').signal.aborted).toBe(true);
    expect(previews.has('blob:1')).toBe(false);
    expect(previews.size).toBe(3);
    expect(uploads).toHaveLength(4);
    expect(states()).toEqual(['uploading', 'uploading', 'uploading']);
  });

  it('lets no late answer change a file that was removed', async () => {
    const { references, uploadOf, idOf } = start();
    await references.addFiles([png('a'), png('b')], 4);
    const late = uploadOf('a');
    references.remove(idOf('a'));
    late.succeed('image-a');
    await Promise.resolve();
    expect(references.items.map(({ name }) => name)).toEqual(['b']);
  });

  it('takes as many as fit and counts the rest', async () => {
    const { references } = start();
    const result = await references.addFiles(
      ['a', 'b', 'c'].map((name) => png(name)),
      2,
    );
    expect(result).toEqual({ leftOut: 1, known: [] });
    expect(references.items).toHaveLength(2);
  });

  it('adds the same picture once, under any name', async () => {
    const { references } = start();
    await references.addFiles([png('a.png', 'same')], 4);
    expect(await references.addFiles([png('b.png', 'same'), png('c.png', 'else')], 4)).toEqual({
      leftOut: 0,
      known: [{ name: 'b.png', id: references.items[0]?.id }],
    });
    expect(references.items.map(({ name }) => name)).toEqual(['a.png', 'c.png']);
  });

  it('keeps files of a visitor and uploads them after the sign-in', async () => {
    const { references, states, setSignedIn } = start({ isSignedIn: false });
    await references.addFiles([png('a.png')], 4);
    expect(states()).toEqual(['queued']);
    setSignedIn(true);
    expect(states()).toEqual(['uploading']);
  });

  it('reports the end of the session, and does not retry automatically', async () => {
    const { references, states, uploadOf, uploads, onUnauthenticated } = start();
    await references.addFiles([png('a.png')], 4);
    uploadOf('a.png').fail(new UploadError({ code: 'UNAUTHENTICATED' }));
    await vi.waitFor(() => expect(states()).toEqual(['failed']));
    expect(onUnauthenticated).toHaveBeenCalledOnce();
    expect(uploads).toHaveLength(1);
  });

  it('starts again for another user, with the files alone', async () => {
    const { references, states, uploadOf, setSignedIn } = start();
    const image = { id: 'image-9', thumbnailUrl: '/9', width: 30, height: 20 };
    references.addImage(image, 'Frame 3');
    references.addImage(image, 'Frame 3');
    await references.addFiles([png('a.png')], 4);
    uploadOf('a.png').succeed('image-1');
    await vi.waitFor(() => expect(states()).toEqual(['uploaded', 'uploaded']));
    setSignedIn(false);
    references.startOver();
    expect(references.items.map(({ name, state }) => [name, state])).toEqual([['a.png', { kind: 'queued' }]]);
  });

  it('puts files aside with their uploads, and takes them back as they were', async () => {
    const { references, states, uploadOf, uploads } = start();
    await references.addFiles([png('a.png'), png('b.png')], 4);
    uploadOf('a.png').succeed('image-1');
    await vi.waitFor(() => expect(states()).toEqual(['uploaded', 'uploading']));
    references.setAside();
    expect(references.items).toEqual([]);
    expect(uploadOf('b.png').signal.aborted).toBe(true);
    references.addImage({ id: 'image-9', thumbnailUrl: '/9', width: 30, height: 20 }, 'Frame 3');
    references.takeBack();
    expect(references.items).toMatchObject([
      { name: 'a.png', previewUrl: 'blob:1', state: { kind: 'uploaded', imageId: 'image-1' } },
      { name: 'b.png', previewUrl: 'blob:2', state: { kind: 'uploading' } },
    ]);
    uploadOf('b.png').succeed('image-2');
    await vi.waitFor(() => expect(states()).toEqual(['uploaded', 'uploaded']));
    expect(uploads.map(({ file }) => file.name)).toEqual(['a.png', 'b.png', 'b.png']);
  });

  // Turns red where the files of what was set aside are compared too.
  it('takes a picture that is set aside', async () => {
    const { references } = start();
    await references.addFiles([png('a.png')], 4);
    references.setAside();
    expect(await references.addFiles([png('a.png')], 4)).toEqual({ leftOut: 0, known: [] });
    expect(references.items).toHaveLength(1);
  });

  it('takes back a file that was still being checked', async () => {
    const decoded = Promise.withResolvers<{ width: number; height: number }>();
    const { references, states } = start({ decode: () => decoded.promise });
    const added = references.addFiles([png('a.png')], 4);
    await vi.waitFor(() => expect(states()).toEqual(['checking']));
    references.setAside();
    references.takeBack();
    decoded.resolve({ width: 30, height: 20 });
    await added;
    await vi.waitFor(() => expect(states()).toEqual(['uploading']));
    expect(previews.size).toBe(1);
  });

  it('gives back what was put aside and is not wanted any more', async () => {
    const { references } = start();
    await references.addFiles([png('a.png')], 4);
    references.setAside();
    expect(previews.size).toBe(1);
    references.dropAside();
    expect(previews.size).toBe(0);
    await references.addFiles([png('b.png')], 4);
    references.setAside();
    references.startOver();
    references.takeBack();
    expect(references.items).toEqual([]);
  });

  it('stops everything when the page goes', async () => {
    const { references, uploadOf, dispose } = start();
    await references.addFiles([png('a.png')], 4);
    dispose();
    expect(uploadOf('a.png').signal.aborted).toBe(true);
  });
});
