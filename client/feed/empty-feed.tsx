import { createUniqueId, For, Show } from 'solid-js';
import type { Model } from '../generate/options/model-choice.ts';
import { messages } from '../i18n/messages.ts';

/** One picture for each of `messages.feed.examples`, in their order. */
const pictures = [
  new URL('./examples/islands.webp', import.meta.url).href,
  new URL('./examples/vase.webp', import.meta.url).href,
  new URL('./examples/lagoon.webp', import.meta.url).href,
];

/** How many pictures `index.html` preloads; a phone shows no more. */
const preloadedPictures = 2;

/** The feed before the first request: example prompts, which fill the form and send nothing. */
export function EmptyFeed(props: {
  model: Model | undefined;
  /** Credits of a new account; undefined for a signed-in user, or until known. */
  freeCredits: number | undefined;
  onExample: (prompt: string) => void;
}) {
  const headingId = createUniqueId();
  return (
    <section class="empty" aria-labelledby={headingId}>
      <h1 id={headingId}>{messages.feed.emptyTitle}</h1>
      <p class="empty-text">{messages.feed.emptyText}</p>
      <div class="examples">
        <For each={messages.feed.examples}>
          {(prompt, index) => (
            <button type="button" class="example film" onClick={() => props.onExample(prompt)}>
              <img
                src={pictures[index()]}
                width="440"
                height="330"
                alt=""
                loading={index() < preloadedPictures ? 'eager' : 'lazy'}
                decoding="sync"
              />
              <span class="code">
                <Show when={props.model} fallback={'\u00a0'}>
                  {(model) => messages.feed.example(model().costCredits, model().label)}
                </Show>
              </span>
              <span>{prompt}</span>
            </button>
          )}
        </For>
      </div>
      {/* Last, so that nothing moves when it comes. */}
      <Show when={props.freeCredits}>
        {(credits) => <p class="empty-free">{messages.cost.free(credits())}</p>}
      </Show>
    </section>
  );
}
