import { createSignal, createUniqueId, For, onCleanup, onMount, Show } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import type { KeptImage, LastFeed } from './last-feed-store.ts';
import './last-feed.css';

/** The kept feed, to look at: nothing can be done with it without a connection. */
export function LastFeedView(props: {
  feed: LastFeed;
  /** The thumbnail of an image; undefined where it was not kept. */
  picture: (imageId: string) => Promise<Blob | undefined>;
}) {
  const headingId = createUniqueId();
  const texts = lazyMessages.offline;
  return (
    <section class="last-feed" aria-labelledby={headingId}>
      <h1 id={headingId}>{texts.title}</h1>
      <p class="last-feed-note">{texts.keptAt(new Date(props.feed.keptAt))}</p>
      <For each={props.feed.tasks}>
        {(task) => (
          <article class="last-feed-task film" aria-label={lazyMessages.task.request(task.code)}>
            <p class="last-feed-head">
              <span class="code">{task.code}</span>
              <span class="last-feed-prompt" dir="auto">
                {task.prompt}
              </span>
              <span class="last-feed-model">{task.model}</span>
            </p>
            <div class="last-feed-images">
              <For each={task.images}>
                {(image) => <Picture image={image} prompt={task.prompt} picture={props.picture} />}
              </For>
            </div>
          </article>
        )}
      </For>
    </section>
  );
}

function Picture(props: {
  image: KeptImage;
  prompt: string;
  picture: (imageId: string) => Promise<Blob | undefined>;
}) {
  const [address, setAddress] = createSignal<string>();
  let isEnded = false;
  onMount(async () => {
    const blob = await props.picture(props.image.id).catch(() => undefined);
    if (blob && !isEnded) setAddress(URL.createObjectURL(blob));
  });
  onCleanup(() => {
    isEnded = true;
    const given = address();
    if (given) URL.revokeObjectURL(given);
  });
  return (
    <div class="last-feed-image" style={{ 'aspect-ratio': `${props.image.width} / ${props.image.height}` }}>
      <Show when={address()} fallback={<span class="code">{props.image.code}</span>}>
        {(url) => <img src={url()} alt={lazyMessages.task.image(props.image.code, props.prompt)} />}
      </Show>
    </div>
  );
}
