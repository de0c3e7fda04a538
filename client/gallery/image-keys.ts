/** The keys of the frames, in the feed and in History. Letters count only while focus is in the feed, so that they never meet somebody who writes. */
import { onPress } from '../ui/keys.ts';
import { isInTextField } from '../ui/text-fields.ts';
import type { FrameTools } from './image-actions.ts';
import type { FrameOf } from './gallery-item.ts';

interface FrameKeysOptions {
  tools: FrameTools;
  frame(imageId: string): FrameOf | undefined;
}

/** Listens in the feed; returns how to stop. */
export function listenForFrameKeys(options: FrameKeysOptions): () => void {
  const feed = document.getElementById('feed');
  const onKeyDown = onPress((event) => {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (isInTextField(event) || target.closest('dialog, .more')) return false;
    const button = target.closest('.frame')?.querySelector<HTMLElement>('[data-frame]');
    const frame = button && options.frame(button.dataset['frame'] ?? '');
    return Boolean(button && frame && actOnFrame(event, button, frame, options)) || act(event, options);
  });
  feed?.addEventListener('keydown', onKeyDown);
  return () => feed?.removeEventListener('keydown', onKeyDown);
}

/** Whether the key meant something without a frame. */
function act(event: KeyboardEvent, { tools }: FrameKeysOptions): boolean {
  if (event.key === '?') tools.showKeys();
  else if (event.key === 'Escape' && tools.selection.isOn()) tools.selection.end();
  else return false;
  return true;
}

function actOnFrame(
  event: KeyboardEvent,
  button: HTMLElement,
  frame: FrameOf,
  { tools }: FrameKeysOptions,
): boolean {
  const { id } = frame.image;
  const neighbour = neighbourOf(button, event.key);
  if (neighbour !== undefined) {
    neighbour?.focus();
    return true;
  }
  // Buttons within the frame keep their own Space.
  if (event.key === ' ' && event.target === button) {
    if (event.shiftKey) tools.selection.extendTo(id);
    else tools.selection.toggle(id);
    return true;
  }
  if (event.key === 'Delete') tools.remove([frame.task]);
  else if (event.shiftKey) return false;
  else if (event.key === 'd') void tools.downloads.one(frame);
  else if (event.key === 'r') tools.remix(frame.task);
  else if (event.key === 'u') tools.use(frame);
  else if (event.key === 'm') tools.marks.toggle(id);
  else return false;
  return true;
}

/** Where the key leads; null where that is nowhere, undefined where it is no key of movement. */
function neighbourOf(from: HTMLElement, key: string): HTMLElement | null | undefined {
  const frames = [...document.querySelectorAll<HTMLElement>('#feed [data-frame]')];
  const place = frames.indexOf(from);
  switch (key) {
    case 'ArrowLeft':
      return frames[place - 1] ?? null;
    case 'ArrowRight':
      return frames[place + 1] ?? null;
    case 'Home':
      return frames[0] ?? null;
    case 'End':
      return frames.at(-1) ?? null;
    case 'ArrowUp':
      return nearest(from, frames.slice(0, place).toReversed());
    case 'ArrowDown':
      return nearest(from, frames.slice(place + 1));
    default:
      return undefined;
  }
}

/** Of the next row among those that follow: the one most straight above or below. */
function nearest(from: HTMLElement, following: readonly HTMLElement[]): HTMLElement | null {
  const own = from.getBoundingClientRect();
  const isOtherRow = (element: HTMLElement) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom <= own.top + 1 || top >= own.bottom - 1;
  };
  const first = following.find(isOtherRow);
  if (!first) return null;
  const row = first.getBoundingClientRect().top;
  const middle = (box: DOMRect) => box.left + box.width / 2;
  return following
    .filter((element) => Math.abs(element.getBoundingClientRect().top - row) < 2)
    .reduce((best, element) => {
      const distance = (other: HTMLElement) => Math.abs(middle(other.getBoundingClientRect()) - middle(own));
      return distance(element) < distance(best) ? element : best;
    }, first);
}

/** Gives focus to a frame wherever it is shown in the feed. */
export function focusFrame(imageId: string): void {
  document.querySelector<HTMLElement>(`#feed [data-frame="${CSS.escape(imageId)}"]`)?.focus();
}
