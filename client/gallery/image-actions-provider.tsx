/** Provides the actions on images, by pointer and by key, with the lightbox, the selection and the list of keys. */
import { type Accessor, createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { isUnfinished, type Task, type TaskImage } from '../api/task.ts';
import { createDownloads } from './downloads.ts';
import {
  type Favorites,
  type GalleryItem,
  type ImageActions,
  ImageActionsContextProvider,
  type Removals,
  type Repeats,
} from './image-actions.ts';
import { createImageAddress } from './image-address.ts';
import { focusImage, listenForImageKeys, ShortcutSheet } from './image-shortcuts.tsx';
import { createComparison } from './comparison.ts';
import { createRemoval } from './removal.ts';
import { createSelection, SelectBar } from './selection-bar.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { copyText } from '../ui/clipboard.ts';
import { Guarded } from '../ui/load-failure.tsx';
import { lazyComponent } from '../ui/lazy-component.ts';
import type { Toasts } from '../ui/toasts.tsx';

const ShareDialog = lazyComponent(() => import('../sharing/share-dialog.tsx'), 'ShareDialog');
const ApiCallDialog = lazyComponent(() => import('../api-call/api-call-dialog.tsx'), 'ApiCallDialog');
const CompareDialog = lazyComponent(() => import('./compare-dialog.tsx'), 'CompareDialog');
const Lightbox = lazyComponent(() => import('./lightbox.tsx'), 'Lightbox');

/** Preloads the lightbox. */
export const preloadLightbox = (): Promise<unknown> => Lightbox.preload();

/** What the actions need of the page. */
export interface ImageActionsOptions {
  favorites: Favorites;
  toasts: Toasts;
  /** Fetches a task again: image URLs expire. */
  onRefresh: (taskId: string) => Promise<Task | undefined>;
  /** Makes an image a reference of the next request. */
  onUse: (image: TaskImage, name: string) => void;
  /** Puts the request into the form. */
  onRemix: (task: Task) => void;
  /** Undefined until they have loaded. */
  actions: Accessor<Removals | undefined>;
  repeats: () => Promise<Repeats>;
}

/** What the dialog shares: one image, or the whole task. */
interface Shared {
  task: Task;
  image: TaskImage | undefined;
}

interface ImageActionsProviderProps extends ImageActionsOptions {
  /** All images inside, in their order. */
  items: readonly GalleryItem[];
  /** The number of a task; undefined where it is not known. */
  codeOf: (taskId: string) => string | undefined;
  /** Whether the form is on this page; if not, leaving the page closes the lightbox. */
  isBesideForm?: boolean;
  children: JSX.Element;
}

/** Provides the actions for `items` to its children, and renders what they open. */
export function ImageActionsProvider(props: ImageActionsProviderProps) {
  const { toasts, onRefresh: refresh } = props;
  const item = (imageId: string | undefined) => props.items.find(({ image }) => image.id === imageId);
  const address = createImageAddress();
  const selection = createSelection(() => props.items.map(({ image }) => image.id));
  const [areKeysShown, setKeysShown] = createSignal(false);
  /** Leaving for the form of another page closes the lightbox. */
  const leave = () => props.isBesideForm && address.close();
  const [sharing, setSharing] = createSignal<Shared>();
  const [called, setCalled] = createSignal<Task>();
  const comparison = createComparison(selection, () => props.items);
  let dismissHint = () => {};
  const actions: ImageActions = {
    favorites: props.favorites,
    selection,
    downloads: createDownloads({ toasts, refresh, current: ({ image }) => item(image.id)?.image }),
    refresh,
    async checkAgain({ id }) {
      const task = await refresh(id);
      if (!task) toasts.show({ text: lazyMessages.task.stillNoAnswer });
      else if (isUnfinished(task)) toasts.show({ text: lazyMessages.task.stillUnfinished });
    },
    open: address.open,
    isOpen: (imageId) => address.imageId() === imageId,
    use({ image, code }) {
      props.onUse(image, lazyMessages.lightbox.label(code));
      toasts.show({ text: messages.references.added(lazyMessages.lightbox.label(code)) });
    },
    remix(task) {
      leave();
      props.onRemix(task);
    },
    sameSeed(task) {
      leave();
      void props.repeats().then((repeats) => repeats.sameSeed(task));
    },
    vary({ task, image, code }) {
      leave();
      void props.repeats().then((repeats) => repeats.vary(task, image, lazyMessages.lightbox.label(code)));
    },
    offersFor: async (task) => (await props.repeats()).offers(task),
    repeat(task, offer) {
      leave();
      void props.repeats().then((repeats) => repeats.send(task, offer));
    },
    codeOf: props.codeOf,
    leave: () => address.close(),
    copyPrompt({ prompt }) {
      const { promptCopied: copied, promptNotCopied: failed } = lazyMessages.lightbox;
      void copyText(prompt, { copied, failed }, toasts);
    },
    share: (task, image) => setSharing({ task, image }),
    compare(item) {
      address.close();
      const missing = comparison.open(item);
      dismissHint();
      if (missing === undefined) return;
      dismissHint = toasts.show({ text: missing });
      // The focused element has gone with the lightbox.
      if (item && document.activeElement === document.body) focusImage(item.image.id);
    },
    copyAsApiCall: (task) => setCalled(task),
    ...createRemoval({
      items: () => props.items,
      actions: props.actions,
      codeOf: props.codeOf,
      lightbox: address,
    }),
    retry: (task) => void props.repeats().then((repeats) => repeats.retry(task)),
    showKeys: () => setKeysShown(true),
  };
  onMount(() => onCleanup(listenForImageKeys({ actions, item })));
  const closeComparison = (imageId: string) => {
    comparison.close();
    if (document.activeElement === document.body) focusImage(imageId);
  };
  const closeLightbox = (imageId: string) => {
    address.close();
    focusImage(imageId);
  };

  return (
    <ImageActionsContextProvider value={actions}>
      {props.children}
      <Show when={selection.isOn()}>
        <SelectBar items={props.items} />
      </Show>
      <Guarded>
        <Show when={item(address.imageId())}>
          {(shown) => (
            <Lightbox
              items={props.items}
              item={shown()}
              onShow={address.show}
              onClose={() => closeLightbox(shown().image.id)}
            />
          )}
        </Show>
        <Show when={areKeysShown()}>
          <ShortcutSheet onClose={() => setKeysShown(false)} />
        </Show>
      </Guarded>
      <Guarded>
        <Show when={comparison.items()}>
          {(items) => <CompareDialog items={items()} onClose={() => closeComparison(items()[0]!.image.id)} />}
        </Show>
      </Guarded>
      {/* Of their own: while one loads, a boundary takes what is in it out of the page, and an open dialog with it. */}
      <Guarded>
        <Show when={sharing()} keyed>
          {(shared) => <ShareDialog {...shared} toasts={toasts} onClose={() => setSharing(undefined)} />}
        </Show>
      </Guarded>
      <Guarded>
        <Show when={called()} keyed>
          {(task) => <ApiCallDialog task={task} toasts={toasts} onClose={() => setCalled(undefined)} />}
        </Show>
      </Guarded>
    </ImageActionsContextProvider>
  );
}
