/**
 * Everything that follows unfinished tasks: live updates, announcements, title, notifications. Loaded with the first
 * sign-in.
 */
import { type Accessor, createEffect, createMemo, onCleanup, untrack } from 'solid-js';
import { notificationsOf } from '../account/notifications.ts';
import { isUnfinished, type Task } from '../api/task.ts';
import type { Feed } from '../feed/feed.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { createBackgroundTab, createHidden } from './background-tab.ts';
import { createLive, type LiveOptions } from './live.ts';
import type { Toasts } from '../ui/toasts.tsx';

export interface FollowingOptions extends Pick<
  LiveOptions,
  'client' | 'socket' | 'isSending' | 'onMissed' | 'onBegun'
> {
  isSignedIn: Accessor<boolean>;
  feed: Feed;
  toasts: Toasts;
  /** Storage of this browser. */
  settings: Storage | undefined;
  announce: (text: string) => void;
  /** The name of the page that is open. */
  pageName: Accessor<string>;
  onEnded: () => void;
  /** Scrolls the card of a task into view. */
  onShow: (taskId: string) => void;
}

/** A wait after which notifications are offered. */
const longWaitMs = 12_000;

/** Ends with its owner. */
export function createFollowing(options: FollowingOptions) {
  const { feed, toasts } = options;
  const notifications = notificationsOf(options.settings);
  const isHidden = createHidden();
  const tab = createBackgroundTab({ tasks: feed.tasks, pageName: options.pageName, isHidden });
  createAnnouncements({ tasks: feed.tasks, codeOf: feed.codeOf, announce: options.announce });
  const offerNotifications = () => {
    if (!notifications.takeOffer()) return;
    toasts.show({
      text: lazyMessages.notifications.offer,
      action: { label: lazyMessages.notifications.accept, run: () => void notifications.turnOn() },
    });
  };
  const isWaiting = createMemo(() => feed.tasks().some(isUnfinished));
  createEffect(() => {
    if (!isWaiting()) return;
    const timer = setTimeout(offerNotifications, longWaitMs);
    onCleanup(() => clearTimeout(timer));
  });

  return createLive({
    ...options,
    tasks: feed.tasks,
    isWatched: () => options.isSignedIn() && !isHidden(),
    onEnded(task) {
      options.onEnded();
      tab.ended(task);
      if (isHidden()) notifications.notify(task);
    },
    onArrived: ({ id }: Task) => {
      toasts.show({
        text: lazyMessages.task.arrived(feed.codeOf(id)),
        action: { label: lazyMessages.task.show, run: () => options.onShow(id) },
      });
    },
  });
}

type Stage = 'begun' | 'half' | 'ended';

/** Announces the progress of tasks to screen readers: half done and ended, never each percent. */
export function createAnnouncements(options: {
  tasks: Accessor<readonly Task[]>;
  codeOf: (taskId: string) => string;
  announce: (text: string) => void;
}): void {
  const stages = new Map<string, Stage>();
  createEffect(() => {
    for (const task of options.tasks()) {
      const before = stages.get(task.id);
      const stage = stageOf(task);
      stages.set(task.id, stage);
      if (before === undefined || before === stage || before === 'ended') continue;
      const code = untrack(() => options.codeOf(task.id));
      void textOf(task, code).then(options.announce);
    }
  });
}

function stageOf(task: Task): Stage {
  if (!isUnfinished(task)) return 'ended';
  return (task.progress.percent ?? 0) >= 50 ? 'half' : 'begun';
}

async function textOf(task: Task, code: string): Promise<string> {
  if (isUnfinished(task)) return lazyMessages.announce.half(code);
  if (task.status === 'SUCCESS') return lazyMessages.announce.done(code, task.images.length);
  if (task.status === 'CANCELED') return lazyMessages.announce.cancelled(code);
  // Lazy: most pages never see a failure.
  const reason = await import('../gallery/task-card/task-error-messages.ts').then(
    ({ taskErrorMessage }) => taskErrorMessage(task).text,
    () => '',
  );
  return lazyMessages.announce.failed(code, reason);
}
