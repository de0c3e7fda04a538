import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { Provider } from '@urql/solid';
import { createRoot } from 'solid-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReferenceImages } from './reference-images.tsx';
import { createScriptedApi } from '../../testing/scripted-server.ts';
import { createReferences, type References } from './references.ts';
import type { UploadImageFile } from './upload.ts';

const png = (name: string, padding = 0) =>
  new File(
    [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), name, new Uint8Array(padding)],
    name,
  );

let dispose: (() => void) | undefined;

/** Shows files, by their names; accepted ones are uploaded at once. */
async function show(names: string[], options: { limit?: number; upload?: UploadImageFile } = {}) {
  const references = createRoot((end): References => {
    dispose = end;
    return createReferences({
      upload: options.upload ?? (async (file) => ({ id: `image-${file.name}`, width: 30, height: 20 })),
      canUpload: () => true,
      decode: async () => ({ width: 30, height: 20 }),
      shrink: async (file) => png(`small-${file.name}`),
    });
  });
  const { client } = createScriptedApi();
  render(() => (
    <Provider value={client}>
      <ReferenceImages
        references={references}
        limit={options.limit ?? 4}
        isSignedIn
        isDragging={false}
        pointedAt={new Set()}
        notices={[]}
        onFiles={() => {}}
        ref={() => {}}
      />
    </Provider>
  ));
  const isBig = (name: string) => name.startsWith('big');
  await references.addFiles(
    names.map((name) => png(name, isBig(name) ? 6_500_000 : 0)),
    10,
  );
  return references;
}

const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
const focused = () => document.activeElement?.getAttribute('aria-label');

describe('the reference images', () => {
  beforeEach(() => {
    URL.createObjectURL = () => 'blob:1';
    URL.revokeObjectURL = () => {};
  });
  afterEach(() => {
    cleanup();
    dispose?.();
    vi.useRealTimers();
  });

  it('change places without dragging, and keep the focus on the way', async () => {
    const references = await show(['a.png', 'b.png', 'c.png']);
    const names = () => references.items.map(({ name }) => name).join(' ');
    press('Move a.png to the right');
    expect(names()).toBe('b.png a.png c.png');
    expect(focused()).toBe('Move a.png to the right');
    press('Move a.png to the right');
    expect(names()).toBe('b.png c.png a.png');
    expect(focused()).toBe('Move a.png to the left');
    expect(screen.getByText('a.png is now 3 of 3.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Move b.png to the left' })).toBeNull();
  });

  it('give the focus to the next one when one is removed, and to the button at last', async () => {
    await show(['a.png', 'b.png']);
    press('Remove a.png');
    expect(focused()).toBe('Remove b.png');
    press('Remove b.png');
    expect(document.activeElement?.textContent).toContain('Add images');
  });

  it('make smaller what is too big, and say so; undone, they offer it again', async () => {
    const references = await show(['big.png']);
    expect(screen.getByText(/^big\.png was made smaller: 6\.2 MB became /)).toBeTruthy();
    press('Undo making big.png smaller');
    await screen.findByText(/up to 5 MB/);
    expect(screen.getAllByRole('alert')[0]?.textContent).toBe(
      'big.png is 6.2 MB. Each image can be up to 5 MB.',
    );
    press('Shrink and use big.png');
    await vi.waitFor(() => expect(references.items[0]?.state.kind).toBe('uploaded'));
    expect(references.items[0]?.name).toBe('small-big.png');
    expect(screen.queryByText(/up to 5 MB/)).toBeNull();
    expect(await references.addFiles([png('big.png', 6_500_000)], 4)).toMatchObject({
      known: [{ name: 'big.png', id: references.items[0]?.id }],
    });
  });

  it('offer no place for more when the list is full', async () => {
    await show(['a.png', 'b.png'], { limit: 2 });
    await vi.waitFor(() => expect(screen.getByText('2 of 2')).toBeTruthy());
    expect(screen.queryByText(/Add images/)).toBeNull();
  });

  it('say so when an upload takes long, with a way to stop it', async () => {
    vi.useFakeTimers();
    const references = await show(['a.png'], {
      upload: (_file, { onProgress }) => {
        onProgress(64);
        return new Promise(() => {});
      },
    });
    expect(screen.queryByText(/Still uploading/)).toBeNull();
    vi.advanceTimersByTime(8_000);
    expect(screen.getByText('Still uploading a.png (64%).')).toBeTruthy();
    fireEvent.click(screen.getByText('Cancel'));
    expect(references.items).toEqual([]);
    expect(screen.queryByText(/Still uploading/)).toBeNull();
  });

  it('offer a failed upload again, in its tile and in words', async () => {
    let attempts = 0;
    const references = await show(['a.png'], {
      upload: async () => {
        if (++attempts === 1) throw new Error('lost');
        return { id: 'image-1', width: 30, height: 20 };
      },
    });
    await vi.waitFor(() => expect(screen.getByText('a.png did not upload.')).toBeTruthy());
    fireEvent.click(screen.getByText('Try again'));
    await vi.waitFor(() => expect(references.items[0]?.state.kind).toBe('uploaded'));
  });
});
