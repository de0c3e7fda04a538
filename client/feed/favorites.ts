/** Favorite images: marks that the account keeps. */
import type { Client } from '@urql/core';
import { refusalOf } from '../api/errors.ts';
import { graphql } from '../api/generated/gql.ts';
import type { Favorites, Markable } from '../gallery/image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';

const SetImageFavorite = graphql(`
  mutation SetImageFavorite($id: ID!, $favorite: Boolean!) {
    setImageFavorite(id: $id, favorite: $favorite) {
      image {
        id
        favorite
      }
    }
  }
`);

export function createFavorites({ client, toasts }: { client: Client; toasts: Toasts }): Favorites {
  /** The last change of each image that is being sent: two of one image could overtake each other. */
  const sending = new Map<string, Promise<unknown>>();

  async function send(id: string, favorite: boolean): Promise<boolean> {
    const before = sending.get(id);
    const sent = (async () => {
      await before;
      const { error } = await client.mutation(SetImageFavorite, { id, favorite }).toPromise();
      return !error;
    })();
    sending.set(id, sent);
    return sent.finally(() => sending.get(id) === sent && sending.delete(id));
  }

  /** Shows the change at once (`api/cache.ts`), and takes it back where the server does not store it. */
  async function set(images: readonly Markable[], favorite: boolean): Promise<void> {
    const changed = images.filter((image) => image.favorite !== favorite);
    const stored = await Promise.all(changed.map(({ id }) => send(id, favorite)));
    const failed = changed.filter((_, index) => !stored[index]);
    if (failed.length === 0) return;
    const run = () => {
      dismiss();
      void set(failed, favorite);
    };
    const action = { label: messages.app.tryAgain, run };
    const dismiss = toasts.show({
      text: lazyMessages.image.markFailed(failed.length),
      kind: 'error',
      action,
    });
  }

  return {
    toggle: (image) => void set([image], !image.favorite),
    set: (images, favorite) => void set(images, favorite),
  };
}

const storedMarks = (viewerId: string) => `proofsheet.marks.${viewerId}`;

/**
 * Sends the marks that an earlier version kept in this browser to the account, once; what is not stored is left for the next
 * visit. Storage may be forbidden, and its content damaged.
 */
export async function moveStoredMarks(
  client: Client,
  storage: Storage | undefined,
  viewerId: string,
): Promise<void> {
  const key = storedMarks(viewerId);
  try {
    const ids: unknown = JSON.parse(storage?.getItem(key) ?? '[]');
    const left = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
    while (left.length > 0) {
      const { error } = await client.mutation(SetImageFavorite, { id: left[0]!, favorite: true }).toPromise();
      // One that is gone has no mark any more.
      if (error && refusalOf(error)?.code !== 'NOT_FOUND') return;
      left.shift();
      storage?.setItem(key, JSON.stringify(left));
    }
    storage?.removeItem(key);
  } catch {
    // The marks stay where they are.
  }
}
