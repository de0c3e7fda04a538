/** The title and icon of a hidden tab: progress, then the outcome with a dot until the user returns. */
import { type Accessor, createEffect, createMemo, createSignal, onCleanup } from 'solid-js';
import { currentProgress } from '../api/progress.ts';
import { isUnfinished, type Task } from '../api/task.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** Keeps the title and the icon of the document. The icon is as at first when its owner ends. */
export function createBackgroundTab(options: {
  tasks: Accessor<readonly Task[]>;
  /** The name of the page that is open. */
  pageName: Accessor<string>;
  isHidden: Accessor<boolean>;
}) {
  const { tasks, pageName, isHidden } = options;
  const [unseen, setUnseen] = createSignal<Task>();
  const unfinished = createMemo(() => tasks().filter(isUnfinished));
  createEffect(() => {
    if (!isHidden()) setUnseen(undefined);
  });

  const [now, setNow] = createSignal(Date.now());
  const ticking = setInterval(() => unfinished().length > 0 && setNow(Date.now()), 1000);
  onCleanup(() => clearInterval(ticking));

  createEffect(() => {
    const prompt = unfinished()[0]?.prompt;
    const percent = prompt === undefined ? undefined : meanPercent(unfinished(), now());
    const last = unseen();
    if (isHidden() && percent !== undefined && prompt !== undefined)
      document.title = lazyMessages.tab.developing(percent, shortened(prompt));
    else if (last)
      document.title =
        last.status === 'SUCCESS'
          ? lazyMessages.tab.done(shortened(last.prompt))
          : lazyMessages.tab.ended(shortened(last.prompt));
    else document.title = messages.pages.title(pageName(), percent);
  });

  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const plainIcon = icon?.getAttribute('href');
  const showDot = (isShown: boolean) => {
    if (icon && plainIcon) icon.href = isShown ? plainIcon.replace('.svg', '-dot.svg') : plainIcon;
  };
  createEffect(() => showDot(unseen() !== undefined));
  onCleanup(() => showDot(false));

  return {
    /** A task has reached its end. */
    ended(task: Task) {
      if (isHidden() && task.status !== 'CANCELED') setUnseen(() => task);
    },
  };
}

/** How far all of them are together; undefined while nothing is known of any. */
function meanPercent(tasks: readonly Task[], nowMs: number): number | undefined {
  if (tasks.every((task) => task.progress.percent === null)) return undefined;
  const sum = tasks.reduce((total, task) => total + (currentProgress(task, nowMs).percent ?? 0), 0);
  return Math.floor(sum / tasks.length);
}

/** A title shows about 40 characters. */
function shortened(prompt: string): string {
  const characters = [...prompt];
  return characters.length > 40 ? `${characters.slice(0, 39).join('').trimEnd()}…` : prompt;
}

/** Whether the page is hidden: another tab is in front, or the window is minimised. */
export function createHidden(): Accessor<boolean> {
  const [isHidden, setHidden] = createSignal(document.visibilityState === 'hidden');
  const update = () => setHidden(document.visibilityState === 'hidden');
  document.addEventListener('visibilitychange', update);
  onCleanup(() => document.removeEventListener('visibilitychange', update));
  return isHidden;
}
