/** Words for a style, and prompts that the user has saved. */
import { createSignal, For, Show } from 'solid-js';
import { promptLength, promptLimit } from './draft.ts';
import { PromptPopover, type PromptPopoverProps } from './prompt-popover.tsx';
import { createSavedPrompts } from './saved-prompts.ts';
import './style-menu.css';
import { hasStyle, toggleStyle } from './styles.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button, IconButton } from '../ui/button.tsx';

interface StyleMenuProps extends PromptPopoverProps {
  value: string;
  /** Undefined for a visitor, who saves nothing. */
  userId: string | undefined;
  onChange: (prompt: string) => void;
  /** Replaces the prompt by a saved one. */
  onChoose: (prompt: string) => void;
}

export function StyleMenu(props: StyleMenuProps) {
  const [problem, setProblem] = createSignal('');
  const toggle = (words: string) => {
    const text = toggleStyle(props.value, words);
    const fits = promptLength(text) <= promptLimit;
    setProblem(fits ? '' : lazyMessages.prompt.noRoom(words, promptLimit));
    if (fits) props.onChange(text);
  };
  return (
    <PromptPopover {...props} label={messages.prompt.styles}>
      <p class="hint">{lazyMessages.prompt.stylesHint}</p>
      <div class="style-chips">
        <For each={lazyMessages.prompt.styleWords}>
          {(words) => (
            <button
              type="button"
              class="button"
              aria-pressed={hasStyle(props.value, words)}
              onClick={() => toggle(words)}
            >
              {words}
            </button>
          )}
        </For>
      </div>
      <p class="problem" role="alert">
        {problem()}
      </p>
      <Show when={props.userId} keyed>
        {(userId) => <SavedPrompts {...props} userId={userId} onProblem={setProblem} />}
      </Show>
    </PromptPopover>
  );
}

function SavedPrompts(props: StyleMenuProps & { userId: string; onProblem: (problem: string) => void }) {
  const texts = lazyMessages.prompt;
  const saved = createSavedPrompts(ownStorage(), props.userId);
  const [undo, setUndo] = createSignal<() => void>();
  const save = () => {
    if (saved.isFull()) return props.onProblem(texts.savedFull);
    props.onProblem(saved.save(props.value) ? '' : texts.notSaved);
  };
  return (
    <>
      <h3 class="label">{texts.saved}</h3>
      <ul class="saved-prompts">
        <For each={saved.prompts()}>
          {(prompt) => (
            <li>
              <button type="button" class="earlier-prompt" onClick={() => props.onChoose(prompt)}>
                <span dir="auto">{prompt}</span>
              </button>
              <IconButton
                icon="close"
                label={texts.removeSaved(prompt)}
                onClick={() => setUndo(() => saved.remove(prompt))}
              />
            </li>
          )}
        </For>
      </ul>
      <div class="saved-actions">
        <Button disabled={props.value.trim() === ''} onClick={save}>
          {texts.save}
        </Button>
        <Show when={undo()}>
          {(run) => (
            <Button
              kind="quiet"
              onClick={() => {
                run()();
                setUndo(undefined);
              }}
            >
              {messages.app.undo}
            </Button>
          )}
        </Show>
      </div>
      <p class="hint">{texts.savedHere}</p>
    </>
  );
}

/** A browser may forbid storage altogether; then even naming it throws. */
function ownStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
