/** Keyboard shortcuts of images, and the list of all shortcuts. */
import { createUniqueId, For } from 'solid-js';
import { IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import './image-shortcuts.css';
import { type GalleryItem, type ImageActions, imageKeys } from './image-actions.ts';
import { isInTextField, onPress } from '../ui/keys.ts';

function shortcutGroups() {
  const { compare, image, keys, removal, repeat } = lazyMessages;
  const onPicture = [
    ['D', image.download],
    ['R', keys.remix],
    ['U', image.use],
    ['M', image.mark],
    ['S', repeat.sameSeed],
    ['V', repeat.vary],
    ['C', compare.key],
  ] as const;
  return [
    {
      title: keys.anywhere,
      rows: [
        ['Ctrl ↵', messages.form.generate],
        ['Ctrl V', keys.paste],
        ['Alt ↑ ↓', keys.earlierPrompts],
      ],
    },
    {
      title: keys.inFeed,
      rows: [
        ['← → ↑ ↓', keys.move],
        ['Home End', keys.ends],
        ['↵', keys.open],
        ['Space', keys.select],
        ...onPicture,
        ['Del', keys.remove],
        ['Shift Del', removal.frame],
        ['/', keys.prompt],
        ['1 2', keys.scenes],
        ['?', keys.all],
      ],
    },
    {
      title: keys.inLightbox,
      rows: [
        ['← →', keys.move],
        ['+ −', keys.zoom],
        ['1', keys.pixels],
        ...onPicture,
        ['Del', removal.frame],
        ['B', compare.blindKey],
        ['W', compare.wipeKey],
        ['Esc', keys.close],
      ],
    },
  ] as const;
}

/** Lists every shortcut of the page. */
export function ShortcutSheet(props: { onClose: () => void }) {
  const headingId = createUniqueId();
  return (
    <Dialog open labelledBy={headingId} onClose={props.onClose}>
      <div class="keys">
        <div class="keys-head">
          <h2 id={headingId}>{lazyMessages.keys.title}</h2>
          <IconButton icon="close" label={lazyMessages.app.close} onClick={props.onClose} />
        </div>
        <For each={shortcutGroups()}>
          {(group) => (
            <>
              <h3>{group.title}</h3>
              <dl>
                <For each={group.rows}>
                  {([key, meaning]) => (
                    <div>
                      <dt>
                        <kbd>{key}</kbd>
                      </dt>
                      <dd>{meaning}</dd>
                    </div>
                  )}
                </For>
              </dl>
            </>
          )}
        </For>
      </div>
    </Dialog>
  );
}

/**
 * Handles the shortcuts of images, in the feed and in History. Letters count only while the focus is in the feed, never
 * in a text field. Returns how to stop.
 */
export function listenForImageKeys(options: {
  actions: ImageActions;
  item(imageId: string): GalleryItem | undefined;
}): () => void {
  const { actions } = options;
  const feed = document.getElementById('feed');
  const onKeyDown = onPress((event) => {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (isInTextField(event) || target.closest('dialog, .more')) return false;
    const button = target.closest('.task-image')?.querySelector<HTMLElement>(places);
    const item = button && options.item(button.dataset['image'] ?? '');
    if (button && moveFocus(button, event.key)) return true;
    if (button && item && actOnImage(event, button, item, actions)) return true;
    if (event.key === '?') actions.showKeys();
    else if (event.key === 'Escape' && actions.selection.isOn()) actions.selection.end();
    else return false;
    return true;
  });
  feed?.addEventListener('keydown', onKeyDown);
  return () => feed?.removeEventListener('keydown', onKeyDown);
}

/** Images, and tasks that have none. */
const places = '[data-image], [data-ended]';

/** Returns whether the key is a shortcut of an image. */
function actOnImage(
  event: KeyboardEvent,
  button: HTMLElement,
  item: GalleryItem,
  actions: ImageActions,
): boolean {
  const { id } = item.image;
  // Buttons of the image keep their own Space.
  const isSelecting = event.key === ' ' && event.target === button;
  if (isSelecting && event.shiftKey) actions.selection.extendTo(id);
  else if (isSelecting) actions.selection.toggle(id);
  else if (event.key === 'Delete' && event.shiftKey) actions.removeImages([item]);
  else if (event.key === 'Delete') actions.remove([item.task]);
  else {
    const act = event.shiftKey ? undefined : imageKeys(actions, item)[event.key];
    act?.();
    return act !== undefined;
  }
  return true;
}

/** Moves the focus by an arrow key, Home or End. Returns whether the key is one of them. */
function moveFocus(from: HTMLElement, key: string): boolean {
  const buttons = [...document.querySelectorAll<HTMLElement>(`#feed :is(${places})`)];
  const place = buttons.indexOf(from);
  const targets: Readonly<Record<string, () => HTMLElement | undefined>> = {
    ArrowLeft: () => buttons[place - 1],
    ArrowRight: () => buttons[place + 1],
    Home: () => buttons[0],
    End: () => buttons.at(-1),
    ArrowUp: () => nearest(from, buttons.slice(0, place).toReversed()),
    ArrowDown: () => nearest(from, buttons.slice(place + 1)),
  };
  const target = targets[key];
  target?.()?.focus();
  if (key === 'Home' || key === 'End') goToEdge(key);
  return target !== undefined;
}

/** How many frames the page may take to draw what comes near the viewport. */
const drawnWithin = 5;

/** Focuses the first or the last image, also where it is too far away to be drawn yet. */
function goToEdge(key: 'Home' | 'End', framesLeft = drawnWithin): void {
  const runs = [...document.querySelectorAll<HTMLElement>('#feed :is(.contact-run, .task-run)')];
  const edge = key === 'Home' ? runs[0] : runs.at(-1);
  if (!edge || framesLeft === 0) return;
  if (edge.childElementCount > 0 && framesLeft === drawnWithin) return;
  const images = edge.querySelectorAll<HTMLElement>(places);
  const image = key === 'Home' ? images[0] : images[images.length - 1];
  if (image) return image.focus();
  edge.scrollIntoView({ block: key === 'Home' ? 'start' : 'end' });
  requestAnimationFrame(() => goToEdge(key, framesLeft - 1));
}

/** The element of the next row that is closest horizontally. */
function nearest(from: HTMLElement, following: readonly HTMLElement[]): HTMLElement | undefined {
  const own = from.getBoundingClientRect();
  const boxes = following.map((element) => ({ element, box: element.getBoundingClientRect() }));
  const next = boxes.find(({ box }) => box.bottom <= own.top + 1 || box.top >= own.bottom - 1);
  if (!next) return undefined;
  const distance = ({ left, width }: DOMRect) => Math.abs(left + width / 2 - (own.left + own.width / 2));
  return boxes
    .filter(({ box }) => Math.abs(box.top - next.box.top) < 2)
    .toSorted((one, other) => distance(one.box) - distance(other.box))[0]?.element;
}

/** Focuses an image in the feed. */
export function focusImage(imageId: string): void {
  document.querySelector<HTMLElement>(`#feed [data-image="${CSS.escape(imageId)}"]`)?.focus();
}
