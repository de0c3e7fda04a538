import { createEffect, createMemo, createSignal, createUniqueId, on, Show } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { words } from '../../ui/words.ts';
import { fitPrompt, promptLength, promptLimit } from '../compose/prompt.ts';

/** The counter turns loud when so few characters are left. */
const warnAtLeft = 100;
/** It is read out only here. */
const spokenAtLeft = [100, 20, 0];

export function PromptField(props: {
  value: string;
  problem: string | undefined;
  onChange: (value: string) => void;
  ref: (element: HTMLTextAreaElement) => void;
}) {
  const id = createUniqueId();
  const [cut, setCut] = createSignal<{ lost: number; before: string }>();
  const used = createMemo(() => promptLength(props.value));
  const left = () => promptLimit - used();
  let element: HTMLTextAreaElement | undefined;

  const change = (text: string) => {
    const before = props.value;
    const fitted = fitPrompt(text);
    setCut(fitted.lost > 0 ? { lost: fitted.lost, before } : undefined);
    if (element && element.value !== fitted.text) element.value = fitted.text;
    props.onChange(fitted.text);
  };
  const undo = () => {
    const text = cut()?.before ?? '';
    setCut(undefined);
    props.onChange(text);
    element?.focus();
  };
  const [spoken, setSpoken] = createSignal('');
  createEffect(
    on(left, (now, before) => {
      if (before === undefined) return;
      const passed = spokenAtLeft.some((mark) => now <= mark && before > mark);
      if (passed) setSpoken(words.prompt.left(now));
    }),
  );

  return (
    <div class="field">
      <div class="label-row">
        <label class="label" for={id}>
          {words.prompt.label}
        </label>
        <span class="code" classList={{ 'code-danger': left() <= warnAtLeft }} aria-hidden="true">
          <Show when={left() <= warnAtLeft} fallback={words.prompt.count(used(), promptLimit)}>
            {words.prompt.left(left())}
          </Show>
        </span>
      </div>
      <div class="prompt-box">
        <textarea
          id={id}
          class="prompt"
          placeholder={words.prompt.placeholder}
          aria-invalid={props.problem ? true : undefined}
          aria-describedby={`${id}-count ${id}-problem`}
          value={props.value}
          ref={(created) => {
            element = created;
            props.ref(created);
          }}
          onInput={(event) => change(event.currentTarget.value)}
        />
        <div class="prompt-foot">
          <Button kind="quiet" disabled={props.value === ''} onClick={() => change('')}>
            {words.prompt.clear}
          </Button>
        </div>
      </div>
      <span class="visually-hidden" id={`${id}-count`}>
        {words.prompt.used(used(), promptLimit)}
      </span>
      <span class="visually-hidden" aria-live="polite">
        {spoken()}
      </span>
      <p class="problem" id={`${id}-problem`} role="alert">
        <Show when={cut()} fallback={props.problem}>
          {(notice) => (
            <>
              {words.prompt.cut(notice().lost, promptLimit)}{' '}
              <Button kind="quiet" onClick={undo}>
                {words.app.undo}
              </Button>
            </>
          )}
        </Show>
      </p>
    </div>
  );
}
