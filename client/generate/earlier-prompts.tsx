import { useClient } from '@urql/solid';
import { createSignal, For, onCleanup, Show } from 'solid-js';
import { PromptPopover, type PromptPopoverProps } from './prompt-popover.tsx';
import { createPromptSearch } from './prompt-search.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** How many prompts are listed; the search and Alt with the arrow keys reach the others. */
const shownPrompts = 30;

/** The earlier prompts, with a search in all of the user's. */
export function EarlierPrompts(
  props: PromptPopoverProps & { prompts: readonly string[]; onChoose: (prompt: string) => void },
) {
  const [text, setText] = createSignal('');
  const search = createPromptSearch(useClient(), () => props.prompts);
  onCleanup(search.stop);
  const shown = () => (text().trim() === '' ? props.prompts : search.found()).slice(0, shownPrompts);

  return (
    <PromptPopover {...props} label={messages.prompt.earlier}>
      <Show when={props.prompts.length > 0} fallback={<p class="hint">{lazyMessages.prompt.noEarlier}</p>}>
        <ul>
          <For each={shown()}>
            {(prompt) => (
              <li>
                <button type="button" class="earlier-prompt" onClick={() => props.onChoose(prompt)}>
                  <span dir="auto">{prompt}</span>
                </button>
              </li>
            )}
          </For>
        </ul>
        <p class="hint" role="status">
          {text().trim() !== '' && shown().length === 0 && !search.isSearching()
            ? lazyMessages.prompt.noneFound
            : ''}
        </p>
        <input
          class="input"
          type="search"
          dir="auto"
          autocomplete="off"
          aria-label={lazyMessages.prompt.search}
          placeholder={lazyMessages.prompt.search}
          onInput={(event) => {
            setText(event.currentTarget.value);
            search.find(event.currentTarget.value);
          }}
        />
      </Show>
    </PromptPopover>
  );
}
