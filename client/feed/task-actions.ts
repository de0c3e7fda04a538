/** Actions on tasks: cancel one, or delete tasks and images with ten seconds to undo. */
import type { Client } from '@urql/core';
import { batch, createSignal, onCleanup } from 'solid-js';
import { graphql } from '../api/generated/gql.ts';
import type { GalleryItem, Removals } from '../gallery/image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { isUnfinished, type Task } from '../api/task.ts';
import { createDeletions, type Deletion } from './deletions.ts';
import type { Feed } from './feed.ts';

const CancelTask = graphql(`
  mutation CancelTask($id: ID!) {
    cancelTask(id: $id) {
      task {
        ...TaskFields
      }
      viewer {
        id
        credits
      }
    }
  }
`);

const ImagesOfTask = graphql(`
  query ImagesOfTask($id: ID!) {
    task(id: $id) {
      id
      version
      removedImages
      images {
        id
      }
    }
  }
`);

export interface TaskActions extends Removals {
  cancel(task: Task): Promise<void>;
  /** Hides tasks of which only the ids are known; deletes them as `remove` does. */
  removeAll(ids: readonly string[]): void;
  /** Without the images that are being deleted. Reactive. */
  withoutRemoved(tasks: readonly Task[]): readonly Task[];
  /** How many deletions have ended at the server. Reactive. */
  ended(): number;
  /** Deletes now what is hidden: the user is about to sign out. */
  flush(): void;
}

/** Ends with its owner. */
export function createTaskActions(options: {
  api: { client: Client };
  feed: Pick<Feed, 'hide'>;
  toasts: Toasts;
  /** Storage of this browser. */
  settings: Storage | undefined;
  session: { viewerId: () => string | undefined };
}): TaskActions {
  const { feed, toasts, settings: storage } = options;
  const { client } = options.api;
  const deletions = createDeletions({ client, storage, viewerId: options.session.viewerId });
  const [hiddenImages, setHiddenImages] = createSignal<ReadonlySet<string>>(new Set());
  const [ended, setEnded] = createSignal(0);
  const pending = new Set<() => void>();

  const hide = (all: readonly Deletion[], isHidden: boolean) =>
    batch(() => {
      for (const { id } of tasksIn(all)) feed.hide(id, isHidden);
      const images = imagesIn(all).map(({ id }) => id);
      if (images.length > 0) setHiddenImages((before) => changed(before, images, isHidden));
    });

  /** Fetches the tasks that have lost images. */
  const refresh = async (taskIds: readonly string[]) => {
    for (const id of taskIds)
      await client.query(ImagesOfTask, { id }, { requestPolicy: 'network-only' }).toPromise();
  };

  /** Deletes what is hidden, and shows again what was not deleted. `taskIds` are the tasks that lose images. */
  const commit = async (all: readonly Deletion[], taskIds: readonly string[]): Promise<void> => {
    const failed = await deletions.send(all);
    void refresh(taskIds);
    setEnded((count) => count + 1);
    if (failed.length === 0) return;
    hide(failed, false);
    const again = () => {
      dismiss();
      hide(failed, true);
      void commit(failed, taskIds);
    };
    const dismiss = toasts.show({
      text: lazyMessages.removal.failed(tasksIn(failed).length, imagesIn(failed).length),
      kind: 'error',
      action: { label: messages.app.tryAgain, run: again },
    });
  };

  /** Hides them at once; the server deletes them when the time for undo is over. */
  const removeWithUndo = (all: readonly Deletion[], text: string, taskIds: readonly string[] = []) => {
    if (all.length === 0) return;
    const settle = (isDeleted: boolean) => {
      if (!pending.delete(end)) return;
      if (isDeleted) void commit(all, taskIds);
      else hide(all, false);
      dismiss();
    };
    const end = () => settle(true);
    pending.add(end);
    hide(all, true);
    const undo = { label: messages.app.undo, run: () => settle(false) };
    const dismiss = toasts.show({ text, action: undo, onGone: end });
  };

  const flush = () => {
    for (const end of pending) end();
    deletions.flush();
  };
  window.addEventListener('pagehide', flush);
  window.addEventListener('pageshow', deletions.resume);
  onCleanup(() => {
    window.removeEventListener('pagehide', flush);
    window.removeEventListener('pageshow', deletions.resume);
    flush();
  });

  const stored = deletions.stored();
  if (stored.length > 0) {
    hide(stored, true);
    void commit(stored, []);
  }

  return {
    flush,
    ended,
    withoutRemoved: (tasks) => withoutImages(tasks, hiddenImages()),
    async cancel(task) {
      const { data, error } = await client.mutation(CancelTask, { id: task.id }).toPromise();
      if (error) toasts.show({ text: lazyMessages.task.cancelFailed, kind: 'error' });
      else if (data?.cancelTask?.task.status === 'SUCCESS')
        toasts.show({ text: lazyMessages.task.cancelledTooLate });
    },
    remove(tasks, codeOf) {
      const ids = [...new Set(tasks.map(({ id }) => id))];
      removeWithUndo(ids.map(deletionOfTask), removedMessage(ids, [], codeOf));
    },
    removeAll: (ids) => removeWithUndo(ids.map(deletionOfTask), removedMessage(ids, [])),
    removeImages(items, codeOf) {
      const { tasks, images } = wholeTasks(items);
      const ids = tasks.map(({ id }) => id);
      const all = [...ids.map(deletionOfTask), ...images.map(deletionOfImage)];
      const taskIds = [...new Set(images.map(({ task }) => task.id))];
      removeWithUndo(all, removedMessage(ids, images, codeOf), taskIds);
    },
  };
}

const deletionOfTask = (id: string): Deletion => ({ mutation: 'deleteTask', id });
const deletionOfImage = ({ image }: GalleryItem): Deletion => ({ mutation: 'deleteImage', id: image.id });

const tasksIn = (all: readonly Deletion[]) => all.filter(({ mutation }) => mutation === 'deleteTask');
const imagesIn = (all: readonly Deletion[]) => all.filter(({ mutation }) => mutation === 'deleteImage');

/** What is deleted, by its number where that is known and it is one thing. */
function removedMessage(
  taskIds: readonly string[],
  images: readonly GalleryItem[],
  codeOf: (taskId: string) => string | undefined = () => undefined,
): string {
  const [taskId] = taskIds;
  const [item] = images;
  if (taskIds.length + images.length === 1) {
    const code = taskId === undefined ? undefined : codeOf(taskId);
    if (code !== undefined) return lazyMessages.task.deleted(code);
    if (item) return lazyMessages.removal.deletedFrame(item.code);
  }
  return lazyMessages.removal.deleted(taskIds.length, images.length);
}

/** Images as what deletes them: a task of which no image would be left goes as a whole. */
function wholeTasks(items: readonly GalleryItem[]): { tasks: Task[]; images: GalleryItem[] } {
  const byTask = [...Map.groupBy(items, ({ task }) => task.id).values()];
  const isWhole = (ofTask: readonly GalleryItem[]) =>
    ofTask[0]!.task.images.length <= ofTask.length && !isUnfinished(ofTask[0]!.task);
  return {
    tasks: byTask.filter(isWhole).map((ofTask) => ofTask[0]!.task),
    images: byTask.filter((ofTask) => !isWhole(ofTask)).flat(),
  };
}

/** Shown as the server will have them: without these images, which then count as removed. */
function withoutImages(tasks: readonly Task[], hidden: ReadonlySet<string>): readonly Task[] {
  if (hidden.size === 0) return tasks;
  return tasks.map((task) => {
    const images = task.images.filter(({ id }) => !hidden.has(id));
    const count = task.images.length - images.length;
    return count === 0 ? task : { ...task, images, removedImages: task.removedImages + count };
  });
}

function changed(before: ReadonlySet<string>, ids: readonly string[], isIn: boolean): ReadonlySet<string> {
  const after = new Set(before);
  for (const id of ids)
    if (isIn) after.add(id);
    else after.delete(id);
  return after;
}
