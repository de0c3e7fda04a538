/**
 * System notifications, off by default. The browser asks for permission only when the user turns them on; the page
 * offers them once, at the first long wait.
 */
import { createSignal } from 'solid-js';
import type { Task } from '../api/task.ts';
import { readStored, writeStored } from '../ui/storage.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

export type Notifications = ReturnType<typeof createNotifications>;

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
) {
  const [isWanted, setWanted] = createSignal(readStored(storage, choiceKey) === 'on');
  const [permission, setPermission] = createSignal(api?.permission ?? 'denied');
  let isOffered = readStored(storage, offeredKey) !== null;

  const choice = () => {
    // Not opened by https, nor on this machine.
    if (!isSecure) return 'insecure';
    if (!api) return 'unsupported';
    if (permission() === 'denied') return 'blocked';
    return isWanted() && permission() === 'granted' ? 'on' : 'off';
  };
  const want = (wanted: boolean) => {
    setWanted(wanted);
    writeStored(storage, choiceKey, wanted ? 'on' : 'off');
  };

  return {
    choice,
    /** Asks the browser for permission where that is needed; call it from a click. */
    async turnOn() {
      if (!api) return;
      setPermission(await api.requestPermission());
      if (permission() === 'granted') want(true);
    },
    turnOff: () => want(false),
    /** True once in the life of this browser, where they are off and can be turned on. */
    takeOffer(): boolean {
      if (isOffered || choice() !== 'off') return false;
      isOffered = true;
      writeStored(storage, offeredKey, 'yes');
      return true;
    },
    /** Shows that a task has ended, if notifications are on. A click on it brings the page to the front. */
    notify(task: Task) {
      if (!api || choice() !== 'on' || task.status === 'CANCELED') return;
      const title = task.status === 'SUCCESS' ? lazyMessages.notifications.done : lazyMessages.failure.title;
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
