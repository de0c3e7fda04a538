import { beforeEach, describe, expect, it } from 'vitest';
import { taskData } from '../testing/tasks.ts';
import { createNotifications } from './notifications.ts';

interface Shown {
  title: string;
  options: NotificationOptions;
}

function createApi(permission: NotificationPermission, answer: NotificationPermission = 'granted') {
  const shown: Shown[] = [];
  // A class, because `new Notification(…)` is what is stood in for.
  class FakeNotification extends EventTarget {
    static permission = permission;
    static requestPermission = async () => (FakeNotification.permission = answer);
    constructor(title: string, options: NotificationOptions) {
      super();
      shown.push({ title, options });
    }
  }
  return { shown, api: FakeNotification as unknown as typeof Notification };
}

const done = taskData({ id: 'a', status: 'SUCCESS', prompt: 'Fog' });

describe('notifications', () => {
  beforeEach(() => localStorage.clear());

  it('say that they need https where the page is not secure, and ask nothing', async () => {
    const { api } = createApi('denied');
    const notifications = createNotifications(localStorage, api, false);
    expect(notifications.choice()).toBe('insecure');
    expect(notifications.takeOffer()).toBe(false);
  });

  it('are off until turned on, although the browser would allow them', () => {
    const { api, shown } = createApi('granted');
    const notifications = createNotifications(localStorage, api);
    notifications.notify(done);
    expect(notifications.choice()).toBe('off');
    expect(shown).toEqual([]);
  });

  it('report results and failures silently, from one tab of several', async () => {
    const { api, shown } = createApi('default');
    const notifications = createNotifications(localStorage, api);
    await notifications.turnOn();
    notifications.notify(done);
    notifications.notify(taskData({ id: 'b', status: 'FAILED', prompt: 'Sea' }));
    notifications.notify(taskData({ id: 'c', status: 'CANCELED' }));
    expect(shown.map(({ title, options }) => [title, options.body, options.tag, options.silent])).toEqual([
      ['Your images are ready', 'Fog', 'a', true],
      ['This one didn’t develop', 'Sea', 'b', true],
    ]);
    expect(createNotifications(localStorage, api).choice()).toBe('on');
    notifications.turnOff();
    expect(createNotifications(localStorage, api).choice()).toBe('off');
  });

  // As Chrome on Android does. Turns red where a task's end throws on its way to the rest of the page.
  it('do nothing where the browser has them and refuses to show one', async () => {
    const { api } = createApi('granted');
    const refusing = new Proxy(api, {
      construct() {
        throw new TypeError('Illegal constructor');
      },
    });
    const notifications = createNotifications(localStorage, refusing);
    await notifications.turnOn();
    expect(() => notifications.notify(done)).not.toThrow();
  });

  it('are not on where the browser says no', async () => {
    const { api } = createApi('default', 'denied');
    const notifications = createNotifications(localStorage, api);
    await notifications.turnOn();
    expect(notifications.choice()).toBe('blocked');
    expect(notifications.takeOffer()).toBe(false);
  });

  it('are offered once, and only while they are off', async () => {
    const { api } = createApi('default');
    const notifications = createNotifications(localStorage, api);
    expect(notifications.takeOffer()).toBe(true);
    expect(notifications.takeOffer()).toBe(false);
    expect(createNotifications(localStorage, api).takeOffer()).toBe(false);
    localStorage.clear();
    const others = createNotifications(localStorage, createApi('granted').api);
    await others.turnOn();
    expect(others.takeOffer()).toBe(false);
  });

  it('are not there in a browser without them', () => {
    const notifications = createNotifications(localStorage, undefined);
    // jsdom has none either, so nothing stands in for the missing one.
    expect(notifications.choice()).toBe('unsupported');
    expect(notifications.takeOffer()).toBe(false);
  });
});
