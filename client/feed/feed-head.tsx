import { Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { liveText } from '../ui/live-text.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { type GalleryItem, useImageActions } from '../gallery/image-actions.ts';
import { zipName } from '../gallery/downloads.ts';

/** The heading of a day: its label, how many tasks are unfinished, and actions on all of its images. */
export function FeedHead(props: {
  id: string;
  label: string;
  isNewest: boolean;
  developing: number;
  isLive: boolean;
  items: readonly GalleryItem[];
}) {
  const { selection, downloads } = useImageActions();
  return (
    <div class="day-head">
      <Show when={props.isNewest} fallback={<h2 id={props.id}>{props.label}</h2>}>
        <h1 id={props.id}>{props.label}</h1>
        <Show when={props.developing > 0}>
          <p class="developing">
            <Show when={props.isLive}>
              <span class="dot dot-ok" aria-hidden="true" />
            </Show>
            <span
              ref={liveText(() =>
                [lazyMessages.feed.developing(props.developing), props.isLive && lazyMessages.feed.live]
                  .filter(Boolean)
                  .join(', '),
              )}
            />
          </p>
        </Show>
        <Show when={props.items.length > 0}>
          <div class="day-actions">
            <Show
              when={selection.isOn()}
              fallback={<Button onClick={() => selection.start()}>{lazyMessages.select.start}</Button>}
            >
              <Button onClick={() => selection.end()}>{lazyMessages.select.end}</Button>
            </Show>
            <Button
              class="download-all"
              busy={downloads.isCollecting()}
              onClick={() => void downloads.many(props.items, zipName(props.items))}
            >
              <Icon name="download" />
              {lazyMessages.feed.downloadAll}
            </Button>
          </div>
        </Show>
      </Show>
    </div>
  );
}
