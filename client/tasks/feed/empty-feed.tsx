import { createUniqueId, For, Show } from 'solid-js';
import type { Model } from '../../models/choice.ts';
import { words } from '../../ui/words.ts';

/** What there is before the first request: three prompts to begin with. They fill the form and send nothing. */
export function EmptyFeed(props: { model: Model | undefined; onExample: (prompt: string) => void }) {
  const headingId = createUniqueId();
  return (
    <section class="empty" aria-labelledby={headingId}>
      <h1 id={headingId}>{words.feed.emptyTitle}</h1>
      <p class="empty-text">{words.feed.emptyText}</p>
      <div class="examples">
        <For each={words.feed.examples}>
          {(prompt) => (
            <button type="button" class="example film" onClick={() => props.onExample(prompt)}>
              <Show when={props.model}>
                {(model) => (
                  <span class="code">{words.feed.example(model().costCredits, model().label)}</span>
                )}
              </Show>
              <span>{prompt}</span>
            </button>
          )}
        </For>
      </div>
    </section>
  );
}
