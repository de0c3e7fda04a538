/** Saves an image as it is stored, or as another type of file. */
import { createSignal, createUniqueId, For, Show } from 'solid-js';
import { type GalleryItem, useImageActions } from './image-actions.ts';
import { type FileEnding, fileTypes } from './image-file.ts';
import './repeat-actions.css';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';

export function DownloadActions(props: { item: GalleryItem }) {
  const { downloads } = useImageActions();
  const id = createUniqueId();
  const [isOpen, setOpen] = createSignal(false);
  return (
    <>
      <Button kind="film-strong" onClick={() => void downloads.one(props.item)}>
        <Icon name="download" />
        {lazyMessages.image.download}
      </Button>
      <button
        type="button"
        class="button button-film"
        aria-expanded={isOpen()}
        aria-controls={id}
        onClick={() => setOpen((was) => !was)}
      >
        {lazyMessages.downloads.as}
      </button>
      <Show when={isOpen()}>
        <div class="download-types" id={id} role="group" aria-label={lazyMessages.downloads.as}>
          <For each={Object.keys(fileTypes) as FileEnding[]}>
            {(ending) => (
              <Button kind="film" onClick={() => void downloads.one(props.item, ending)}>
                {messages.models.formats[ending]}
              </Button>
            )}
          </For>
        </div>
      </Show>
    </>
  );
}
