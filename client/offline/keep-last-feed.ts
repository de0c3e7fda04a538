/** Keeps the feed as it is shown, for this user only: it is removed with the session. */
import { createEffect, onCleanup } from 'solid-js';
import { imageCode, isUnfinished, type Task } from '../api/task.ts';
import type { Session } from '../auth/session.ts';
import type { Feed } from '../feed/feed.ts';
import type { KeptTask, LastFeed, LastFeedStore } from './last-feed-store.ts';

/** About two screens of a phone. */
const maxImages = 40;
/** While a task develops, the feed changes often. */
const quietMs = 1_500;

/** Ends with its owner, and forgets the feed then: the user has changed. */
export function keepLastFeed(options: {
  session: Pick<Session, 'viewer' | 'viewerId'>;
  feed: Pick<Feed, 'status' | 'tasks' | 'codeOf'>;
  store: LastFeedStore;
}): void {
  const { session, feed, store } = options;
  const clear = () => void store.clear().catch(() => {});
  createEffect(() => {
    if (session.viewer() !== null) return;
    clear();
    // The server removes the hint of `auth/session.ts` with the next page, which may be one without a connection.
    document.cookie = 'proofsheet.signed-in=; Path=/; SameSite=Lax; Max-Age=0';
  });
  createEffect(() => {
    const userId = session.viewerId();
    if (userId === undefined) return;
    // The last session may have ended without a sign-out.
    void store.read().then(
      (found) => found && found.userId !== userId && clear(),
      () => {},
    );
  });
  createEffect(() => {
    const userId = session.viewerId();
    if (userId === undefined || feed.status() !== 'ready') return;
    const { tasks, thumbnails } = snapshotOf(feed);
    const timer = setTimeout(() => {
      const kept: LastFeed = { userId, keptAt: new Date().toISOString(), tasks };
      void store.write(kept, thumbnails);
    }, quietMs);
    onCleanup(() => clearTimeout(timer));
  });
  onCleanup(clear);
}

/** The newest tasks with images, and the addresses of their thumbnails. A page fetches none from another site. */
function snapshotOf(feed: Pick<Feed, 'tasks' | 'codeOf'>) {
  const tasks: KeptTask[] = [];
  const thumbnails = new Map<string, string>();
  let imageCount = 0;
  for (const task of feed.tasks()) {
    if (isUnfinished(task) || task.images.length === 0) continue;
    imageCount += task.images.length;
    if (imageCount > maxImages) break;
    tasks.push(kept(task, feed.codeOf(task.id)));
    for (const { id, thumbnailUrl } of task.images)
      if (new URL(thumbnailUrl, location.href).origin === location.origin) thumbnails.set(id, thumbnailUrl);
  }
  return { tasks, thumbnails };
}

function kept({ id, prompt, model, createdAt, images }: Task, code: string): KeptTask {
  const keptImages = images.map((image, index) => ({
    id: image.id,
    code: imageCode(code, index),
    width: image.width,
    height: image.height,
  }));
  return { id, code, prompt, model: model.label, createdAt, images: keptImages };
}
