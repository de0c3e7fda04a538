/** Favorite images: marks that the account keeps. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js';
import type { CrossTabSync } from '../api/cross-tab-sync.ts';
import { refusalOf } from '../api/errors.ts';
import { graphql } from '../api/generated/gql.ts';
import type { Favorites, Markable } from '../gallery/image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { moveStoredMarks } from './stored-marks.ts';

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

interface FavoritesOptions {
  client: Client;
  toasts: Toasts;
  tabs: Pick<CrossTabSync, 'broadcast'>;
  /** Storage of this browser, where version 0.2.0 kept marks. */
  storage: Storage | undefined;
  viewerId: Accessor<string | undefined>;
}

/**
 * Marks show at once, and are taken back where the server does not store them. A mark does not change the version of its
 * task, so an answer that was asked for before can have the earlier one: what was set here or in another tab stands. Ends
 * with its owner.
 */
export function createFavorites(options: FavoritesOptions): Favorites & {
  /** Shows what another tab has stored. */
  learn(imageId: string, favorite: boolean): void;
} {
  const { client, toasts, tabs, storage, viewerId } = options;
  const [wished, setWished] = createSignal<ReadonlyMap<string, boolean>>(new Map());
  const stored = new Map<string, boolean>();
  const sending = new Set<string>();
  const show = (id: string, favorite: boolean | undefined) =>
    setWished((before) => {
      const after = new Map(before);
      if (favorite === undefined) after.delete(id);
      else after.set(id, favorite);
      return after;
    });
  const has = (image: Markable) => wished().get(image.id) ?? image.favorite;

  /** Resolves to the error where it was not stored. */
  async function mark(id: string, favorite: boolean) {
    // The other tabs are told of the mark alone, so that none of them has to ask the server.
    const context = { isBroadcast: true };
    const { error } = await client.mutation(SetImageFavorite, { id, favorite }, context).toPromise();
    if (error) return error;
    stored.set(id, favorite);
    tabs.broadcast({ kind: 'mark', id, favorite });
    return undefined;
  }

  /** Sends the wish of an image, and then another one that came meanwhile. Resolves to the error that ended it. */
  async function send(id: string) {
    if (sending.has(id)) return undefined;
    sending.add(id);
    try {
      for (;;) {
        const favorite = wished().get(id)!;
        const error = await mark(id, favorite);
        if (error) show(id, stored.get(id));
        if (error || wished().get(id) === favorite) return error;
      }
    } finally {
      sending.delete(id);
    }
  }

  async function set(images: readonly Markable[], favorite: boolean): Promise<void> {
    const changed = images.filter((image) => has(image) !== favorite);
    for (const { id } of changed) show(id, favorite);
    const errors = await Promise.all(changed.map(({ id }) => send(id)));
    const count = errors.filter(Boolean).length;
    if (count === 0) return;
    // An image that is gone cannot be marked later either.
    const left = changed.filter(
      (_, index) => errors[index] && refusalOf(errors[index])?.code !== 'NOT_FOUND',
    );
    const run = () => {
      dismiss();
      void set(left, favorite);
    };
    const dismiss = toasts.show({
      text: lazyMessages.task.markFailed(count),
      kind: 'error',
      ...(left.length > 0 && { action: { label: messages.app.tryAgain, run } }),
    });
  }

  createEffect(() => {
    const id = viewerId();
    if (id === undefined) return;
    const leaving = new AbortController();
    onCleanup(() => leaving.abort());
    const move = async (imageId: string) => {
      const error = await mark(imageId, true);
      if (!error) show(imageId, true);
      return error;
    };
    void moveStoredMarks({ move, storage, viewerId: id, signal: leaving.signal });
  });

  return {
    has,
    toggle: (image) => void set([image], !has(image)),
    set: (images, favorite) => void set(images, favorite),
    learn(imageId, favorite) {
      stored.set(imageId, favorite);
      if (!sending.has(imageId)) show(imageId, favorite);
    },
  };
}
