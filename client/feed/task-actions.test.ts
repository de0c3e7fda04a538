import { createRoot } from 'solid-js';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { GalleryItem } from '../gallery/image-actions.ts';
import { createTaskActions } from './task-actions.ts';
import { createToasts } from '../ui/toasts.tsx';
import { createScriptedApi, settled } from '../testing/scripted-server.ts';
import { imageData, taskData } from '../testing/tasks.ts';

const task = taskData({ id: 'a', status: 'SUCCESS', images: [imageData('i'), imageData('j')] });
const other = taskData({ id: 'b', status: 'SUCCESS', images: [imageData('k')] });
const item = (of: typeof task, index: number, code: string): GalleryItem => ({
  task: of,
  image: of.images[index]!,
  code,
});

function start() {
  const { server, client } = createScriptedApi();
  const toasts = createToasts();
  const hidden = new Set<string>();
  const feed = {
    hide: (id: string, isHidden: boolean) => void (isHidden ? hidden.add(id) : hidden.delete(id)),
  };
  const open = () =>
    createRoot((dispose) => {
      onTestFinished(dispose);
      const session = { viewerId: () => 'viewer-1' };
      return createTaskActions({ api: { client }, feed, toasts, settings: localStorage, session });
    });
  const toast = () => toasts.list().at(-1);
  return {
    server,
    toasts,
    hidden,
    open,
    toast,
    press: () => toast()?.action?.run(),
    /** Lets the time for undo pass. */
    pass: () => toasts.dismiss(toast()!.id),
  };
}

const codeOf = (id: string) => (id === 'a' ? '29' : undefined);
const deleted = (id: string) => ({ __typename: 'P', deletedId: id });

describe('deleting', () => {
  beforeEach(() => localStorage.clear());

  it('hides tasks at once, and shows them again on undo', async () => {
    const { server, hidden, open, toast, press } = start();
    open().remove([task, other], codeOf);
    expect([...hidden]).toEqual(['a', 'b']);
    expect(toast()?.text).toBe('2 requests deleted.');
    press();
    expect([...hidden]).toEqual([]);
    expect(toast()).toBeUndefined();
    await settled();
    expect(server.log).toEqual([]);
  });

  it('names one task by its number, where that is known', () => {
    const { open, toast } = start();
    const actions = open();
    actions.remove([task], codeOf);
    expect(toast()?.text).toBe('Request 29 deleted.');
    actions.remove([other], codeOf);
    expect(toast()?.text).toBe('1 request deleted.');
  });

  it('shows again what was not deleted, says how much, and tries that once more', async () => {
    const { server, hidden, open, toast, press, pass } = start();
    const actions = open();
    const ids = Array.from({ length: 30 }, (_, index) => `t${index}`);
    actions.removeAll(ids);
    expect(hidden.size).toBe(30);
    pass();
    const first = await server.next('Deletions');
    await first.answer(
      Object.fromEntries(Object.entries(first.variables).map(([name, id]) => [name, deleted(String(id))])),
    );
    await (await server.next('Deletions')).drop();
    await settled();
    expect(toast()).toMatchObject({ text: '5 requests were not deleted.', kind: 'error' });
    expect(hidden.size).toBe(25);
    expect(actions.ended()).toBe(1);
    press();
    expect(hidden.size).toBe(30);
    const again = await server.next('Deletions');
    expect(Object.values(again.variables)).toEqual(ids.slice(25));
  });

  it('takes one image from its task, which the server is asked for again', async () => {
    const { server, open, toast, pass } = start();
    const actions = open();
    expect(actions.withoutRemoved([task, other])).toEqual([task, other]);
    actions.removeImages([item(task, 1, '29A')], codeOf);
    expect(toast()?.text).toBe('Frame 29A deleted.');
    expect(actions.withoutRemoved([task, other])).toEqual([
      { ...task, images: [task.images[0]], removedImages: 1 },
      other,
    ]);
    pass();
    const request = await server.next('Deletions');
    expect(request.variables).toEqual({ deleteImage0: 'j' });
    await request.answer({ deleteImage0: deleted('j') });
    expect((await server.next('ImagesOfTask')).variables).toEqual({ id: 'a' });
  });

  it('deletes a task as a whole with its last image', async () => {
    const { server, hidden, open, toast, pass } = start();
    open().removeImages([item(task, 0, '29'), item(other, 0, '28')], codeOf);
    expect(toast()?.text).toBe('1 request and 1 frame deleted.');
    expect([...hidden]).toEqual(['b']);
    pass();
    expect((await server.next('Deletions')).variables).toEqual({ deleteTask0: 'b' });
    expect((await server.next('Deletions')).variables).toEqual({ deleteImage0: 'i' });
  });

  it('that the page did not finish is finished by the next one', async () => {
    const { server, hidden, open, toast } = start();
    open().removeAll(['a', 'b']);
    window.dispatchEvent(new Event('pagehide'));
    expect(toast()).toBeUndefined();
    await (await server.next('Deletions')).drop();
    await settled();
    expect(toast()).toBeUndefined();

    hidden.clear();
    open();
    expect([...hidden]).toEqual(['a', 'b']);
    const request = await server.next('Deletions');
    await request.answer({ deleteTask0: deleted('a'), deleteTask1: deleted('b') });
    await settled();
    expect(localStorage).toHaveLength(0);
  });
});
