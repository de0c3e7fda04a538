import { createMemo, createSignal, For, Show } from 'solid-js';
import type { GalleryItem } from '../gallery/gallery-item.ts';
import { TaskImageTile } from '../gallery/task-image/task-image.tsx';

/** All pictures of an earlier day, small and close together on one piece of film. */
export function ContactSheet(props: { label: string; items: readonly GalleryItem[] }) {
  // Strings keep the frames in the page while their tasks change.
  const imageIds = createMemo(() => props.items.map(({ image }) => image.id));
  const itemOf = (imageId: string) => props.items.find(({ image }) => image.id === imageId);
  const [current, setCurrent] = createSignal<string>();
  const tabStop = () => (imageIds().includes(current() ?? '') ? current() : imageIds()[0]);

  return (
    <Show when={props.items.length > 0}>
      <ul class="contact-sheet film" aria-label={props.label}>
        <For each={imageIds()}>
          {(imageId) => (
            <Show when={itemOf(imageId)}>
              {(item) => (
                <TaskImageTile
                  item={item()}
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
