import { createEffect, createMemo, createSignal, createUniqueId, on, Show, Suspense } from 'solid-js';
import { fitPrompt, promptLength, promptLimit } from './draft.ts';
import type { PromptHistory } from './prompt-history.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { onPress } from '../ui/keys.ts';
import { lazyComponent } from '../ui/lazy-component.ts';

const EarlierPrompts = lazyComponent(() => import('./earlier-prompts.tsx'), 'EarlierPrompts');

/** The counter turns loud when so few characters are left. */
const warnAtLeft = 100;
/** It is read out only here. */
const announcedAtLeft = [100, 20, 0];

interface PromptFieldProps {
  value: string;
  problem: string | undefined;
  history: PromptHistory;
  onChange: (value: string) => void;
  /** Called with an earlier prompt that replaces the current one. */
  onReplace: (value: string) => void;
  ref: (element: HTMLTextAreaElement) => void;
}

/** The prompt. Text that was cut off or cleared can be restored. */
export function PromptField(props: PromptFieldProps) {
  const id = createUniqueId();
  const [cut, setCut] = createSignal<{ lost: number; before: string }>();
  const [cleared, setCleared] = createSignal<string>();
  const [spoken, setSpoken] = createSignal('');
  const used = createMemo(() => promptLength(props.value));
  const left = () => promptLimit - used();
  let element: HTMLTextAreaElement | undefined;

  const change = (text: string) => {
    const before = props.value;
    const fitted = fitPrompt(text);
    setCut(fitted.lost > 0 ? { lost: fitted.lost, before } : undefined);
    setCleared(undefined);
    if (element && element.value !== fitted.text) element.value = fitted.text;
    props.onChange(fitted.text);
  };
  const replace = (text: string) => {
    change(text);
    element?.focus();
  };
  const clear = () => {
    const before = props.value;
    replace('');
    setCleared(before);
    props.history.keep(before);
  };
  createEffect(
    on(left, (now, before) => {
      if (before === undefined) return;
      const passed = announcedAtLeft.some((mark) => now <= mark && before > mark);
      if (passed) setSpoken(messages.prompt.left(now));
    }),
  );

  const onKeyDown = onPress((event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return false;
    const text =
      event.key === 'ArrowUp' ? props.history.older(props.value) : props.history.newer(props.value);
    if (text === undefined) return true;
    change(text);
    const place = props.history.place(text);
    setSpoken(
      place === 0
        ? messages.prompt.ownAgain
        : messages.prompt.fromHistory(place, props.history.prompts().length),
    );
    return true;
  });

  return (
    <div class="field">
      <div class="label-row">
        <label class="label" for={id}>
          {messages.prompt.label}
        </label>
        <span class="code" classList={{ 'code-danger': left() <= warnAtLeft }} aria-hidden="true">
          <Show when={left() <= warnAtLeft} fallback={messages.prompt.count(used(), promptLimit)}>
            {messages.prompt.left(left())}
          </Show>
        </span>
      </div>
      <div class="prompt-box">
        <textarea
          id={id}
          class="prompt"
          dir="auto"
          placeholder={messages.prompt.placeholder}
          aria-invalid={props.problem ? true : undefined}
          aria-describedby={`${id}-count ${id}-problem`}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
          value={props.value}
          ref={(created) => {
            element = created;
            props.ref(created);
          }}
          onInput={(event) => {
            props.history.leave(props.value);
            change(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
        />
        <div class="prompt-foot">
          <EarlierButton history={props.history} onChoose={props.onReplace} />
          <Show
            when={props.value === '' && cleared()}
            fallback={
              <Button kind="quiet" disabled={props.value === ''} onClick={clear}>
                {messages.prompt.clear}
              </Button>
            }
          >
            {(text) => (
              <Button kind="quiet" onClick={() => replace(text())}>
                {messages.prompt.undoClear}
              </Button>
            )}
          </Show>
        </div>
      </div>
      <span class="visually-hidden" id={`${id}-count`}>
        {messages.prompt.used(used(), promptLimit)}
      </span>
      <span class="visually-hidden" aria-live="polite">
        {spoken()}
      </span>
      <p class="problem" id={`${id}-problem`} role="alert">
        <Show when={cut()} fallback={props.problem}>
          {(notice) => (
            <>
              {messages.prompt.cut(notice().lost, promptLimit)}{' '}
              <Button kind="quiet" onClick={() => replace(notice().before)}>
                {messages.app.undo}
              </Button>
            </>
          )}
        </Show>
      </p>
    </div>
  );
}

function EarlierButton(props: { history: PromptHistory; onChoose: (prompt: string) => void }) {
  const [isOpen, setOpen] = createSignal(false);
  let button: HTMLButtonElement | undefined;

  return (
    <>
      <button
        type="button"
        class="button button-quiet"
        aria-haspopup="true"
        aria-expanded={isOpen()}
        ref={button}
        onClick={(event) => {
          if (isOpen()) return;
          // The list is the button's own by then, and the browser would close it again with the same click.
          event.preventDefault();
          setOpen(true);
        }}
      >
        <Icon name="history" />
        {messages.prompt.earlier}
      </button>
      <Show when={isOpen() && button}>
        {(opener) => (
          <Suspense>
            <EarlierPrompts
              prompts={props.history.prompts()}
              button={opener()}
              below={opener().closest<HTMLElement>('.prompt-box') ?? opener()}
              onChoose={(prompt) => {
                setOpen(false);
                props.onChoose(prompt);
              }}
              onClose={() => setOpen(false)}
            />
          </Suspense>
        )}
      </Show>
    </>
  );
}
