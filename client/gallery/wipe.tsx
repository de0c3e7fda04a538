import { createSignal } from 'solid-js';
import type { GalleryItem } from './image-actions.ts';
import { ComparedPicture } from './compared-picture.tsx';
import { listenForViewGestures } from './compare-gestures.ts';
import type { View } from './compare-view.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

/** Two pictures on top of each other, with a divider: the first one is left of it. */
export function Wipe(props: {
  items: readonly [GalleryItem, GalleryItem];
  names: readonly [string, string];
  view: View;
  onView: (view: View) => void;
}) {
  /** Where the divider is, as a percentage of the width. */
  const [divider, setDivider] = createSignal(50);
  const texts = lazyMessages.compare;
  return (
    <div class="wipe" style={{ '--divider': String(divider() / 100) }}>
      <div class="compare-box" ref={(box) => listenForViewGestures(box, () => props.view, props.onView)}>
        <div class="wipe-layer">
          <ComparedPicture item={props.items[1]} name={props.names[1]} view={props.view} />
        </div>
        <div class="wipe-layer wipe-first">
          <ComparedPicture item={props.items[0]} name={props.names[0]} view={props.view} />
        </div>
        <div class="wipe-line" aria-hidden="true" />
      </div>
      <input
        type="range"
        class="wipe-slider"
        min="0"
        max="100"
        value={divider()}
        aria-label={texts.divider(...props.names)}
        aria-valuetext={texts.dividerAt(divider(), props.names[0])}
        onInput={(event) => setDivider(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
