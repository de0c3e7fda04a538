/**
 * System notifications, off by default. The browser asks for permission only when the user turns them on; the page
 * offers them once, at the first long wait.
 */
import { type Accessor, createSignal } from 'solid-js';
import type { Task } from '../api/task.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

/** `insecure`: the page was not opened by https, nor on this machine. */
type NotificationChoice = 'on' | 'off' | 'blocked' | 'unsupported' | 'insecure';

export interface Notifications {
  choice: Accessor<NotificationChoice>;
  /** Asks the browser for permission where that is needed; call it from a click. */
  turnOn(): Promise<void>;
  turnOff(): void;
  /** True once in the life of this browser, where they are off and can be turned on. */
  takeOffer(): boolean;
  /** Shows that a task has ended, if notifications are on. A click on it brings the page to the front. */
  notify(task: Task): void;
}

const choiceKey = 'proofsheet.notifications';
const offeredKey = 'proofsheet.notifications.offered';

const made = new Map<Storage | undefined, Notifications>();

/** The notifications for this storage, one instance for all parts of the page. */
export function notificationsOf(storage: Storage | undefined): Notifications {
  const notifications = made.get(storage) ?? createNotifications(storage);
  made.set(storage, notifications);
  return notifications;
}

export function createNotifications(
  storage: Storage | undefined,
  api: typeof Notification | undefined = globalThis.Notification,
  isSecure: boolean = globalThis.isSecureContext !== false,
): Notifications {
  const [isWanted, setWanted] = createSignal(recall(storage, choiceKey) === 'on');
  const [permission, setPermission] = createSignal(api?.permission ?? 'denied');
  let isOffered = recall(storage, offeredKey) !== null;

  const choice = (): NotificationChoice => {
    if (!isSecure) return 'insecure';
    if (!api) return 'unsupported';
    if (permission() === 'denied') return 'blocked';
    return isWanted() && permission() === 'granted' ? 'on' : 'off';
  };
  const want = (wanted: boolean) => {
    setWanted(wanted);
    remember(storage, choiceKey, wanted ? 'on' : 'off');
  };

  return {
    choice,
    async turnOn() {
      if (!api) return;
      setPermission(await api.requestPermission());
      if (permission() === 'granted') want(true);
    },
    turnOff: () => want(false),
    takeOffer() {
      if (isOffered || choice() !== 'off') return false;
      isOffered = true;
      remember(storage, offeredKey, 'yes');
      return true;
    },
    notify(task) {
      if (!api || choice() !== 'on' || task.status === 'CANCELED') return;
      const title =
        task.status === 'SUCCESS' ? lazyMessages.notifications.done : lazyMessages.notifications.failed;
      // Several tabs notify of the same task under the same tag: the system shows one.
      const options = { body: task.prompt, tag: task.id, icon: '/favicon.svg', silent: true };
      try {
        const shown = new api(title, options);
        shown.addEventListener('click', () => {
          window.focus();
          shown.close();
        });
      } catch {
        // Chrome on Android has the constructor and throws (Notifications API, "Notification()": service workers alone show).
      }
    },
  };
}

function recall(storage: Storage | undefined, key: string): string | null {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function remember(storage: Storage | undefined, key: string, value: string): void {
  try {
    storage?.setItem(key, value);
  } catch {
    // Kept for this page alone.
  }
}
