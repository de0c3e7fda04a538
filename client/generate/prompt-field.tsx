import {
  createEffect,
  createMemo,
  createSignal,
  createUniqueId,
  type JSX,
  on,
  Show,
  Suspense,
} from 'solid-js';
import { fitPrompt, promptLength, promptLimit } from './draft.ts';
import type { PromptHistory } from './prompt-history.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { onPress } from '../ui/keys.ts';
import { lazyComponent } from '../ui/lazy-component.ts';

const EarlierPrompts = lazyComponent(() => import('./earlier-prompts.tsx'), 'EarlierPrompts');
const StyleMenu = lazyComponent(() => import('./style-menu.tsx'), 'StyleMenu');

/** The counter turns loud when so few characters are left. */
const warnAtLeft = 100;
/** It is read out only here. */
const announcedAtLeft = [100, 20, 0];

interface PromptFieldProps {
  value: string;
  problem: string | undefined;
  history: PromptHistory;
  /** Undefined for a visitor. */
  userId: string | undefined;
  onChange: (value: string) => void;
  /** Called with an earlier prompt that replaces the current one. */
  onReplace: (value: string) => void;
  ref: (element: HTMLTextAreaElement) => void;
}

/** The prompt. Text that was cut off or cleared can be restored. */
export function PromptField(props: PromptFieldProps) {
  const id = createUniqueId();
  let element!: HTMLTextAreaElement;
  const used = createMemo(() => promptLength(props.value));
  const text = createPromptText(props, used, () => element);
  const choose = (close: () => void) => (prompt: string) => {
    close();
    props.onReplace(prompt);
  };

  return (
    <div class="field">
      <div class="label-row">
        <label class="label" for={id}>
          {messages.prompt.label}
        </label>
        <Counter used={used()} />
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
            text.change(event.currentTarget.value);
          }}
          onKeyDown={text.onKeyDown}
        />
        <div class="prompt-foot">
          <MenuButton icon="history" label={messages.prompt.earlier}>
            {(button, close) => (
              <EarlierPrompts
                prompts={props.history.prompts()}
                button={button}
                onChoose={choose(close)}
                onClose={close}
              />
            )}
          </MenuButton>
          <MenuButton icon="plus" label={messages.prompt.styles}>
            {(button, close) => (
              <StyleMenu
                value={props.value}
                userId={props.userId}
                button={button}
                onChange={text.change}
                onChoose={choose(close)}
                onClose={close}
              />
            )}
          </MenuButton>
          <ClearButton value={props.value} text={text} />
        </div>
      </div>
      <span class="visually-hidden" id={`${id}-count`}>
        {messages.prompt.used(used(), promptLimit)}
      </span>
      <span class="visually-hidden" aria-live="polite">
        {text.spoken()}
      </span>
      <p class="problem" id={`${id}-problem`} role="alert">
        <Show when={text.cut()} fallback={props.problem}>
          {(cut) => (
            <>
              {messages.prompt.cut(cut().lost, promptLimit)}{' '}
              <Button kind="quiet" onClick={() => text.replace(cut().before)}>
                {messages.app.undo}
              </Button>
            </>
          )}
        </Show>
      </p>
    </div>
  );
}

/** Changes of the prompt, each fitted to the limit, and what is announced of them. */
function createPromptText(props: PromptFieldProps, used: () => number, field: () => HTMLTextAreaElement) {
  const [cut, setCut] = createSignal<{ lost: number; before: string }>();
  const [cleared, setCleared] = createSignal<string>();
  const [spoken, setSpoken] = createSignal('');

  const change = (text: string) => {
    const before = props.value;
    const fitted = fitPrompt(text);
    setCut(fitted.lost > 0 ? { lost: fitted.lost, before } : undefined);
    setCleared(undefined);
    if (field().value !== fitted.text) field().value = fitted.text;
    props.onChange(fitted.text);
  };
  const replace = (text: string) => {
    change(text);
    field().focus();
  };
  createEffect(
    on(used, (now, before = now) => {
      const [left, leftBefore] = [promptLimit - now, promptLimit - before];
      if (announcedAtLeft.some((mark) => left <= mark && leftBefore > mark))
        setSpoken(messages.prompt.left(left));
    }),
  );

  return {
    cut,
    cleared,
    spoken,
    change,
    replace,
    clear() {
      const before = props.value;
      replace('');
      setCleared(before);
      props.history.keep(before);
    },
    onKeyDown: onPress((event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return false;
      const text = props.history[event.key === 'ArrowUp' ? 'older' : 'newer'](props.value);
      if (text === undefined) return true;
      change(text);
      const place = props.history.place(text);
      setSpoken(
        place === 0
          ? messages.prompt.ownAgain
          : messages.prompt.fromHistory(place, props.history.prompts().length),
      );
      return true;
    }),
  };
}

function Counter(props: { used: number }) {
  const left = () => promptLimit - props.used;
  const isNearLimit = () => left() <= warnAtLeft;
  return (
    <span class="code" classList={{ 'code-danger': isNearLimit() }} aria-hidden="true">
      {isNearLimit() ? messages.prompt.left(left()) : messages.prompt.count(props.used, promptLimit)}
    </span>
  );
}

function ClearButton(props: { value: string; text: ReturnType<typeof createPromptText> }) {
  return (
    <Show
      when={props.value === '' && props.text.cleared()}
      fallback={
        <Button kind="quiet" disabled={props.value === ''} onClick={props.text.clear}>
          {messages.prompt.clear}
        </Button>
      }
    >
      {(cleared) => (
        <Button kind="quiet" onClick={() => props.text.replace(cleared())}>
          {messages.prompt.undoClear}
        </Button>
      )}
    </Show>
  );
}

/** A button whose popover takes over the press that closes it; `children` gets the button and how to close. */
function MenuButton(props: {
  icon: IconName;
  label: string;
  children: (button: HTMLButtonElement, close: () => void) => JSX.Element;
}) {
  const [isOpen, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;

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
          // The popover is the button's own by then, and the browser would close it again with the same click.
          event.preventDefault();
          setOpen(true);
        }}
      >
        <Icon name={props.icon} />
        {props.label}
      </button>
      <Show when={isOpen()}>
        <Suspense>{props.children(button, () => setOpen(false))}</Suspense>
      </Show>
    </>
  );
}
