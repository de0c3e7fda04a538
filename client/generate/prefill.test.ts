import { createRoot } from 'solid-js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDraft } from './draft.ts';
import { createPrefill } from './prefill.ts';
import { createPromptHistory } from './prompt-history.ts';
import { createReferences } from './references/references.ts';
import { imageData, taskData } from '../testing/tasks.ts';
import { createToasts } from '../ui/toasts.tsx';

const image = (id: string) => ({ id, thumbnailUrl: `/${id}`, width: 30, height: 20 });

function start() {
  return createRoot((dispose) => {
    onTestFinished(dispose);
    const draft = createDraft(undefined);
    const references = createReferences({ upload: vi.fn(), canUpload: () => true });
    const toasts = createToasts();
    const history = createPromptHistory(() => []);
    const prefill = createPrefill({ draft, references, toasts, onReplaced: history.keep, focus: () => {} });
    const ids = () => references.items.map(({ state }) => state.kind === 'uploaded' && state.imageId);
    const undo = () => {
      const [toast] = toasts.list();
      toast?.action?.run();
      if (toast) toasts.dismiss(toast.id);
    };
    const write = () => {
      draft.change({ prompt: 'My own', count: 3, seed: '7', scene: 'IMAGE_TO_IMAGE' });
      references.addImage(image('own'), 'own.png');
    };
    return { draft, references, toasts, history, prefill, ids, undo, write, dispose };
  });
}

const task = taskData({ id: 'a', prompt: 'Theirs', referenceImages: [image('theirs')] });
const other = taskData({ id: 'b', prompt: 'Another' });

describe('what the form is filled with', () => {
  const seeded = { ...task, options: { count: 2, seed: 7 } };

  it.each([
    ['remix', ''],
    ['edit', ''],
    ['changeModel', ''],
    ['sameSeed', '7'],
  ] as const)('by %s is the request with the seed %j, from that task', (way, seed) => {
    const { draft, prefill, ids } = start();
    prefill[way](seeded);
    expect(draft.content).toMatchObject({ prompt: 'Theirs', count: 2, seed, parentId: 'a' });
    expect(ids()).toEqual(['theirs']);
  });

  it('by vary is the prompt and one image to start from', () => {
    const { draft, prefill, ids, write } = start();
    write();
    prefill.vary(seeded, imageData('i'), 'Frame 2');
    expect(draft.content).toMatchObject({
      scene: 'IMAGE_TO_IMAGE',
      prompt: 'Theirs',
      count: 1,
      seed: '',
      parentId: 'a',
    });
    expect(ids()).toEqual(['i']);
  });

  it('comes from no task where another prompt replaces it, or it is emptied', () => {
    const { draft, prefill, undo } = start();
    prefill.remix(task);
    prefill.prompt('Example');
    expect(draft.content.parentId).toBe('');
    undo();
    prefill.remix(task);
    draft.change({ prompt: '' });
    expect(draft.content.parentId).toBe('');
  });
});

describe('replacing the draft', () => {
  it.each(['remix', 'edit', 'changeModel'] as const)(
    'by %s can be undone, with all that was in it',
    (way) => {
      const { draft, prefill, ids, undo, write, history, toasts } = start();
      write();
      const before = draft.copy();
      prefill[way](task);
      expect([draft.content.prompt, ids()]).toEqual(['Theirs', ['theirs']]);
      expect(toasts.list().map(({ text }) => text)).toEqual(['Your draft was replaced.']);
      expect(history.prompts()).toEqual(['My own']);
      undo();
      expect(draft.copy()).toEqual(before);
      expect(ids()).toEqual(['own']);
      expect(toasts.list()).toEqual([]);
    },
  );

  it('by an example or an earlier prompt leaves the references, and can be undone', () => {
    const { draft, prefill, ids, undo, write, history } = start();
    write();
    prefill.prompt('Example');
    expect(ids()).toEqual(['own']);
    undo();
    expect([draft.content.prompt, ids()]).toEqual(['My own', ['own']]);
    expect(history.prompts()).toEqual(['My own']);
  });

  it('several times in a row leads back to what the person wrote', () => {
    const { draft, prefill, ids, undo, write, toasts } = start();
    write();
    prefill.prompt('Example');
    prefill.remix(task);
    prefill.edit(other);
    expect(toasts.list()).toHaveLength(1);
    undo();
    expect([draft.content.prompt, ids()]).toEqual(['My own', ['own']]);
  });

  it('twice by the same request leads back as well', () => {
    const { draft, prefill, ids, undo, write } = start();
    write();
    prefill.remix(other);
    prefill.remix(other);
    undo();
    expect([draft.content.prompt, ids()]).toEqual(['My own', ['own']]);
  });

  it('offers the changed one where it was changed in between', () => {
    const { draft, prefill, ids, undo, write } = start();
    write();
    prefill.remix(task);
    draft.change({ prompt: 'Theirs at night' });
    prefill.edit(other);
    undo();
    expect([draft.content.prompt, ids()]).toEqual(['Theirs at night', ['theirs']]);
  });

  it('says nothing where nothing is lost', () => {
    const { draft, prefill, toasts } = start();
    prefill.prompt('Example');
    expect(toasts.list()).toEqual([]);
    draft.change({ prompt: 'Example' });
    prefill.prompt('Example');
    expect(toasts.list()).toEqual([]);
  });

  it('forgets the old one when the notice goes, and when the person does', () => {
    const { prefill, references, toasts, write, dispose } = start();
    write();
    prefill.remix(task);
    toasts.dismiss(toasts.list()[0]!.id);
    references.takeBack();
    expect(references.items).toEqual([]);
    write();
    prefill.remix(task);
    dispose();
    expect(toasts.list()).toEqual([]);
  });
});
