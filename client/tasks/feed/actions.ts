/** What can be done with a strip: cancel it, try it again, delete it with ten seconds to change one's mind. */
import type { Client } from '@urql/core';
import { onCleanup } from 'solid-js';
import { fetchOptions } from '../../api/client.ts';
import { refusalOf } from '../../api/errors.ts';
import { graphql } from '../../api/generated/gql.ts';
import type { Toasts } from '../../ui/toasts.tsx';
import { words } from '../../ui/words.ts';
import type { Task } from '../task.ts';
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

const DeleteTask = graphql(`
  mutation DeleteTask($id: ID!) {
    deleteTask(id: $id) {
      deletedId
    }
  }
`);

export interface TaskActions {
  cancel(task: Task): Promise<void>;
  /** Takes the strip away at once; the server deletes it when the time for Undo is over. */
  remove(task: Task): void;
  /** Ends the time for Undo: somebody is about to sign out. */
  flush(): void;
}

export function createTaskActions(options: { client: Client; feed: Feed; toasts: Toasts }): TaskActions {
  const { client, feed, toasts } = options;
  const pending = new Map<string, () => void>();

  const deleteNow = async (id: string, code: string) => {
    // The request may be on its way while the page goes.
    const context = { fetchOptions: { ...fetchOptions, keepalive: true } };
    const { error } = await client.mutation(DeleteTask, { id }, context).toPromise();
    if (!error || refusalOf(error)?.code === 'NOT_FOUND') return;
    feed.hide(id, false);
    toasts.show({ text: words.strip.deleteFailed(code), kind: 'error' });
  };

  const flush = () => {
    for (const end of pending.values()) end();
  };
  window.addEventListener('pagehide', flush);
  onCleanup(() => {
    window.removeEventListener('pagehide', flush);
    flush();
  });

  return {
    flush,
    async cancel(task) {
      const { data, error } = await client.mutation(CancelTask, { id: task.id }).toPromise();
      if (error) toasts.show({ text: words.strip.cancelFailed, kind: 'error' });
      else if (data?.cancelTask.task.status === 'SUCCESS')
        toasts.show({ text: words.strip.cancelledTooLate });
    },
    remove(task) {
      const { id } = task;
      const code = feed.codeOf(id);
      const dismiss = toasts.show({
        text: words.strip.deleted(code),
        action: { label: words.app.undo, run: () => settle(false) },
        onGone: () => settle(true),
      });
      const settle = (isDeleted: boolean) => {
        if (!pending.delete(id)) return;
        if (isDeleted) void deleteNow(id, code);
        else feed.hide(id, false);
        dismiss();
      };
      pending.set(id, () => settle(true));
      feed.hide(id, true);
    },
  };
}
