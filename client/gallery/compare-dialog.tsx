/** Two to four images side by side: one zoom and one position for all, a wipe for two, and names that can be hidden. */
import { createMemo, createSignal, createUniqueId, onCleanup, onMount, Show } from 'solid-js';
import { type GalleryItem, useImageActions } from './image-actions.ts';
import './compare.css';
import { ComparedPicture } from './compared-picture.tsx';
import { CompareFacts } from './compare-facts.tsx';
import { listenForViewGestures } from './compare-gestures.ts';
import { inOrder, letterOf, panByKey, shuffled, type View, wholePicture, zoomAt } from './compare-view.ts';
import { Wipe } from './wipe.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { IconButton } from '../ui/button.tsx';
import { ForKeyed } from '../ui/for-keyed.tsx';
import { Icon } from '../ui/icons.tsx';
import { onPress } from '../ui/keys.ts';

const zoomStep = 1.5;

interface CompareDialogProps {
  /** Two to four. */
  items: readonly GalleryItem[];
  onClose: () => void;
}

export function CompareDialog(props: CompareDialogProps) {
  const { favorites } = useImageActions();
  const texts = lazyMessages.compare;
  const headingId = createUniqueId();
  const [view, setView] = createSignal<View>(wholePicture);
  const [isWipe, setWipe] = createSignal(false);
  const [isBlind, setBlind] = createSignal(false);
  /** The ids in the order of the last shuffle. */
  const [order, setOrder] = createSignal<readonly string[]>();
  const items = createMemo(() => inOrder(props.items, order()));
  let dialog: HTMLDialogElement | undefined;
  let stage: HTMLDivElement | undefined;
  onMount(() => dialog?.showModal());
  onCleanup(() => dialog?.close());

  const name = (item: GalleryItem, place: number) =>
    isBlind() ? texts.letter(letterOf(place)) : lazyMessages.lightbox.label(item.code);
  const toggleBlind = () => {
    if (!isBlind()) setOrder(shuffled(props.items).map(({ image }) => image.id));
    setBlind((was) => !was);
  };
  const toggleWipe = () => {
    setWipe((was) => !was);
    // The divider may have had the focus.
    if (document.activeElement === document.body) stage?.focus();
  };
  const zoom = (factor: number) => setView((now) => zoomAt(now, factor));
  const pair = () => {
    const [one, other, ...more] = items();
    return one && other && more.length === 0 ? ([one, other] as const) : undefined;
  };
  const mark = (place: number) => {
    const item = items()[place];
    if (item) favorites.toggle(item.image);
  };

  const keyActions = (): Readonly<Record<string, () => void>> => ({
    '+': () => zoom(zoomStep),
    '=': () => zoom(zoomStep),
    '-': () => zoom(1 / zoomStep),
    '0': () => setView(wholePicture),
    b: toggleBlind,
    w: toggleWipe,
    ...Object.fromEntries(items().map((_, place) => [String(place + 1), () => mark(place)])),
  });
  const onKeyDown = onPress((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    keyActions()[event.key]?.();
    return event.key in keyActions();
  });
  /** Held arrow keys go on; in the divider they are its own. */
  const onArrow = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    const moved = panByKey(view(), event.key);
    if (!moved) return;
    event.preventDefault();
    setView(moved);
  };

  return (
    <dialog
      ref={dialog}
      class="compare film"
      aria-labelledby={headingId}
      onKeyDown={(event) => {
        onKeyDown(event);
        onArrow(event);
      }}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <header class="compare-head">
        <h2 id={headingId}>{texts.title(items().length)}</h2>
        <p class="visually-hidden" role="status">
          {isBlind() ? texts.namesHidden : order() && texts.order(items().map(({ code }) => code))}
        </p>
        <Show when={pair()}>
          <Toggle isOn={isWipe()} text={texts.wipe} onToggle={toggleWipe} />
        </Show>
        <Toggle isOn={isBlind()} text={texts.blind} onToggle={toggleBlind} />
        <div class="compare-zoom">
          <IconButton
            icon="minus"
            label={lazyMessages.lightbox.zoomOut}
            busy={view().zoom === 1}
            onClick={() => zoom(1 / zoomStep)}
          />
          <span class="code">{lazyMessages.lightbox.zoom(Math.round(view().zoom * 100))}</span>
          <IconButton icon="plus" label={lazyMessages.lightbox.zoomIn} onClick={() => zoom(zoomStep)} />
        </div>
        <IconButton icon="close" label={lazyMessages.app.close} onClick={() => props.onClose()} />
      </header>
      <div
        ref={stage}
        class={`compare-stage compare-stage-${items().length}`}
        tabIndex={0}
        autofocus
        role="group"
        aria-label={texts.stage}
      >
        <Show
          when={isWipe() && pair()}
          fallback={
            <ForKeyed each={items()} keyOf={idOf}>
              {(item, place) => (
                <div class="compare-box" ref={(box) => listenForViewGestures(box, view, setView)}>
                  <ComparedPicture item={item()} name={name(item(), place())} view={view()} />
                </div>
              )}
            </ForKeyed>
          }
        >
          {(two) => (
            <Wipe
              items={two()}
              names={[name(two()[0], 0), name(two()[1], 1)]}
              view={view()}
              onView={setView}
            />
          )}
        </Show>
      </div>
      <ul class={`compare-list compare-list-${items().length}`}>
        <ForKeyed each={items()} keyOf={idOf}>
          {(item, place) => (
            <li>
              <button
                type="button"
                class="button button-icon"
                aria-label={texts.mark(name(item(), place()))}
                aria-pressed={favorites.has(item().image)}
                onClick={() => mark(place())}
              >
                <Icon name="pencil" />
              </button>
              <CompareFacts item={item()} letter={isBlind() ? letterOf(place()) : undefined} />
            </li>
          )}
        </ForKeyed>
      </ul>
    </dialog>
  );
}

const idOf = ({ image }: GalleryItem) => image.id;

function Toggle(props: { isOn: boolean; text: string; onToggle: () => void }) {
  return (
    <button
      type="button"
      class="button button-film"
      aria-pressed={props.isOn}
      onClick={() => props.onToggle()}
    >
      {props.text}
    </button>
  );
}
