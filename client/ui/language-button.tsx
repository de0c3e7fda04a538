import { Show } from 'solid-js';
import { type Language, type LanguageChoice, languages } from '../i18n/language.ts';

/** Switches to the next language; labelled in that language, for users who cannot read the current one. */
export function LanguageButton(props: {
  language: LanguageChoice;
  /** Shows the name of the language in place of its code. */
  isNamed?: boolean;
  onFailed: () => void;
}) {
  const next = (): Language => {
    const all = Object.keys(languages) as Language[];
    return all[(all.indexOf(props.language.current()) + 1) % all.length] ?? 'en';
  };
  const code = () => next().toUpperCase();
  const change = async () => {
    if (!(await props.language.choose(next()))) props.onFailed();
  };

  return (
    <button
      type="button"
      class={`button language ${props.isNamed ? 'button-quiet' : 'button-icon'}`}
      lang={next()}
      title={languages[next()]}
      aria-label={props.isNamed ? undefined : `${code()}, ${languages[next()]}`}
      onClick={() => void change()}
    >
      <Show when={props.isNamed} fallback={<span class="code">{code()}</span>}>
        {languages[next()]}
      </Show>
    </button>
  );
}
