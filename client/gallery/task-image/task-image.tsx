import { onMount, Show } from 'solid-js';
import { carryImage } from './drag-image.ts';
import { Icon } from '../../ui/icons.tsx';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { useFrameTools } from '../image-actions.ts';
import type { FrameOf } from '../gallery-item.ts';
import { FrameActions } from './task-image-buttons.tsx';
import { FramePicture } from './task-image-picture.tsx';
import { PencilRing } from './favorite-ring.tsx';

interface FrameProps {
  frame: FrameOf;
  /** Shown so large that its thumbnail may be too small. */
  isLarge?: boolean;
  /** Whether the Tab key stops here. */
  isTabStop: boolean;
  onFocus: () => void;
}

/** One picture on the film, and what can be done with it. */
export function Frame(props: FrameProps) {
  const tools = useFrameTools();
  const imageId = () => props.frame.image.id;
  const isMarked = () => tools.marks.has(imageId());
  const isSelected = () => tools.selection.has(imageId());
  // A ring draws itself only where somebody looks on.
  let isSeen = false;
  onMount(() => (isSeen = true));
  const press = (event: MouseEvent) => {
    if (!tools.selection.isOn()) return tools.open(imageId());
    if (event.shiftKey) tools.selection.extendTo(imageId());
    else tools.selection.toggle(imageId());
  };

  return (
    <li
      class="frame"
      classList={{ 'frame-selected': isSelected(), 'frame-selectable': tools.selection.isOn() }}
      onFocusIn={() => props.onFocus()}
    >
      <div
        class="frame-box"
        draggable={!tools.selection.isOn()}
        onDragStart={(event) =>
          carryImage(event, { image: props.frame.image, name: laterWords.lightbox.label(props.frame.code) })
        }
      >
        <FramePicture frame={props.frame} isLarge={props.isLarge ?? false}>
          <button
            type="button"
            class="frame-open"
            data-frame={imageId()}
            tabIndex={props.isTabStop ? 0 : -1}
            aria-label={(tools.selection.isOn() ? laterWords.strip.selectFrame : laterWords.strip.openFrame)(
              props.frame.code,
            )}
            aria-haspopup={tools.selection.isOn() ? undefined : 'dialog'}
            aria-pressed={tools.selection.isOn() ? isSelected() : undefined}
            onClick={press}
          >
            <Show when={tools.selection.isOn()}>
              <span class="frame-check">
                <Show when={isSelected()}>
                  <Icon name="check" />
                </Show>
              </span>
            </Show>
          </button>
          <Show when={isMarked()}>
            <PencilRing imageId={imageId()} isFresh={isSeen} />
          </Show>
        </FramePicture>
      </div>
      <span class="frame-code code" aria-hidden="true">
        {props.frame.code}
      </span>
      <Show when={!tools.selection.isOn()}>
        <FrameActions
          frame={props.frame}
          tools={tools}
          isMarked={isMarked()}
          isTabStop={props.isTabStop}
          onMark={() => tools.marks.toggle(imageId())}
        />
      </Show>
    </li>
  );
}
