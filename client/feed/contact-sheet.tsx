import { createMemo, createSignal, For, Show } from 'solid-js';
import type { FrameOf } from '../gallery/gallery-item.ts';
import { Frame } from '../gallery/task-image/task-image.tsx';

/** All pictures of an earlier day, small and close together on one piece of film. */
export function ContactSheet(props: { label: string; frames: readonly FrameOf[] }) {
  // Strings keep the frames in the page while their tasks change.
  const imageIds = createMemo(() => props.frames.map(({ image }) => image.id));
  const frameOf = (imageId: string) => props.frames.find(({ image }) => image.id === imageId);
  const [current, setCurrent] = createSignal<string>();
  const tabStop = () => (imageIds().includes(current() ?? '') ? current() : imageIds()[0]);

  return (
    <Show when={props.frames.length > 0}>
      <ul class="contact-sheet film" aria-label={props.label}>
        <For each={imageIds()}>
          {(imageId) => (
            <Show when={frameOf(imageId)}>
              {(frame) => (
                <Frame
                  frame={frame()}
                  isTabStop={tabStop() === imageId}
                  onFocus={() => setCurrent(imageId)}
                />
              )}
            </Show>
          )}
        </For>
      </ul>
    </Show>
  );
}
