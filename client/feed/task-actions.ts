/** Actions on a task: cancel it, or delete it with ten seconds to undo. */
import type { Client } from '@urql/core';
import { onCleanup } from 'solid-js';
import { fetchOptions } from '../api/client.ts';
import { refusalOf } from '../api/errors.ts';
import { graphql } from '../api/generated/gql.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Task } from '../api/task.ts';
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

export function createTaskActions(options: { client: Client; feed: Feed; toasts: Toasts }) {
  const { client, feed, toasts } = options;
  const pending = new Map<string, () => void>();

  const deleteNow = async (id: string, code: string) => {
    // The page may unload while the request is running.
    const context = { fetchOptions: { ...fetchOptions, keepalive: true } };
    const { error } = await client.mutation(DeleteTask, { id }, context).toPromise();
    if (!error || refusalOf(error)?.code === 'NOT_FOUND') return;
    feed.hide(id, false);
    toasts.show({ text: lazyMessages.task.deleteFailed(code), kind: 'error' });
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
    /** Deletes hidden tasks now: the user is about to sign out. */
    flush,
    async cancel(task: Task) {
      const { data, error } = await client.mutation(CancelTask, { id: task.id }).toPromise();
      if (error) toasts.show({ text: lazyMessages.task.cancelFailed, kind: 'error' });
      else if (data?.cancelTask?.task.status === 'SUCCESS')
        toasts.show({ text: lazyMessages.task.cancelledTooLate });
    },
    /** Hides the tasks at once; the server deletes them when the time for undo is over. */
    remove(tasks: readonly Task[]) {
      const codes = new Map(tasks.map(({ id }) => [id, feed.codeOf(id)]));
      const [first] = codes;
      if (!first) return;
      const dismiss = toasts.show({
        text:
          codes.size === 1 ? lazyMessages.task.deleted(first[1]) : lazyMessages.task.deletedMany(codes.size),
        action: { label: messages.app.undo, run: () => settle(false) },
        onGone: () => settle(true),
      });
      const settle = (isDeleted: boolean) => {
        if (!pending.delete(first[0])) return;
        for (const [id, code] of codes)
          if (isDeleted) void deleteNow(id, code);
          else feed.hide(id, false);
        dismiss();
      };
      pending.set(first[0], () => settle(true));
      for (const id of codes.keys()) feed.hide(id, true);
    },
  };
}
