import { Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { liveText } from '../ui/live-text.ts';
import { laterWords } from '../i18n/lazy-messages.ts';
import { useFrameTools } from '../gallery/image-actions.ts';
import { zipName } from '../gallery/downloads.ts';
import type { FrameOf } from '../gallery/gallery-item.ts';

/** The day, what develops, and what can be done with all of its frames. */
export function FeedHead(props: {
  id: string;
  label: string;
  isNewest: boolean;
  developing: number;
  isLive: boolean;
  frames: readonly FrameOf[];
}) {
  const { selection, downloads } = useFrameTools();
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
                [laterWords.feed.developing(props.developing), props.isLive && laterWords.feed.live]
                  .filter(Boolean)
                  .join(', '),
              )}
            />
          </p>
        </Show>
        <Show when={props.frames.length > 0}>
          <div class="day-actions">
            <Show
              when={selection.isOn()}
              fallback={<Button onClick={() => selection.start()}>{laterWords.select.start}</Button>}
            >
              <Button onClick={() => selection.end()}>{laterWords.select.end}</Button>
            </Show>
            <Button
              class="download-all"
              busy={downloads.isCollecting()}
              onClick={() => void downloads.many(props.frames, zipName(props.frames))}
            >
              <Icon name="download" />
              {laterWords.feed.downloadAll}
            </Button>
          </div>
        </Show>
      </Show>
    </div>
  );
}
