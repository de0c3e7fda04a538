/** All that can be done with frames, by pointer and by key: seen large, marked, used again, saved, chosen, deleted. */
import { createSignal, type JSX, lazy, onCleanup, onMount, Show } from 'solid-js';
import { Guarded } from '../ui/guarded.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { laterWords } from '../i18n/lazy-messages.ts';
import { words } from '../i18n/messages.ts';
import { createFrameAddress } from './lightbox/image-address.ts';
import type { Marks } from './favorites.ts';
import { SelectBar } from './selection-bar.tsx';
import { createSelection } from './selection.ts';
import type { Task, TaskImage } from '../api/task.ts';
import { createDownloads } from './downloads.ts';
import { focusFrame, listenForFrameKeys } from './image-keys.ts';
import { type FrameTools, FrameToolsProvider } from './image-actions.ts';
import type { FrameOf } from './gallery-item.ts';

const Lightbox = lazy(async () => ({ default: (await import('./lightbox/lightbox.tsx')).Lightbox }));
const ShortcutSheet = lazy(async () => ({
  default: (await import('./lightbox/shortcut-sheet.tsx')).ShortcutSheet,
}));

/** Fetches the large view, so that the first picture opens at once. */
export const preloadLightbox = (): Promise<unknown> => Lightbox.preload();

/** What the tools need of the page. */
export interface FrameToolsNeeds {
  marks: Marks;
  toasts: Toasts;
  /** Fetches a task anew: the addresses of its pictures run out. */
  onRefresh: (taskId: string) => Promise<unknown>;
  /** Makes an image a reference of the next request. */
  onUse: (image: TaskImage, name: string) => void;
  /** Puts the request into the form. */
  onRemix: (task: Task) => void;
  onDelete: (tasks: readonly Task[]) => void;
}

/** Gives what is inside it the tools for these frames, and shows what the tools open. */
export function WithFrameTools(
  props: FrameToolsNeeds & {
    /** All that are shown inside, in their order. */
    frames: readonly FrameOf[];
    /** Whether the form is on this page: another page ends the large view by itself. */
    isBesideForm?: boolean;
    children: JSX.Element;
  },
) {
  const { toasts } = props;
  const frame = (imageId: string | undefined) => props.frames.find(({ image }) => image.id === imageId);
  const refresh = async (taskId: string) => void (await props.onRefresh(taskId));
  const address = createFrameAddress();
  const selection = createSelection(() => props.frames.map(({ image }) => image.id));
  const [areKeysShown, setKeysShown] = createSignal(false);
  const tools: FrameTools = {
    marks: props.marks,
    selection,
    downloads: createDownloads({ toasts, refresh, current: ({ image }) => frame(image.id)?.image }),
    refresh,
    open: address.open,
    use({ image, code }) {
      props.onUse(image, laterWords.lightbox.label(code));
      toasts.show({ text: words.references.added(laterWords.lightbox.label(code)) });
    },
    remix(task) {
      if (props.isBesideForm) address.close();
      props.onRemix(task);
    },
    remove(tasks) {
      const isGoing = (element: Element) =>
        tasks.some(({ id }) => id === (element as HTMLElement).dataset['strip']);
      const strips = [...document.querySelectorAll('[data-strip]')];
      const first = strips.findIndex(isGoing);
      props.onDelete(tasks);
      if (document.activeElement !== document.body) return;
      // What was pressed is gone with its strip, or with its frame.
      const next = strips.slice(first).find((strip) => !isGoing(strip)) ?? document.getElementById('feed');
      (next as HTMLElement | null)?.focus({ preventScroll: true });
    },
    showKeys: () => setKeysShown(true),
  };
  onMount(() => onCleanup(listenForFrameKeys({ tools, frame })));

  return (
    <FrameToolsProvider value={tools}>
      {props.children}
      <Show when={selection.isOn()}>
        <SelectBar frames={props.frames} />
      </Show>
      <Guarded>
        <Show when={frame(address.imageId())}>
          {(shown) => (
            <Lightbox
              frames={props.frames}
              frame={shown()}
              onShow={address.show}
              onClose={() => {
                const { id } = shown().image;
                address.close();
                focusFrame(id);
              }}
            />
          )}
        </Show>
        <Show when={areKeysShown()}>
          <ShortcutSheet onClose={() => setKeysShown(false)} />
        </Show>
      </Guarded>
    </FrameToolsProvider>
  );
}
