import { createMemo, createSignal, createUniqueId, For, Show } from 'solid-js';
import type { FormState } from '../generate/form-state.ts';
import { chooseModel } from '../generate/options/model-choice.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { modelLines, suitsText } from './model-lines.ts';
import './first-visit.css';

const examplePicture = new URL('./examples/vase.webp', import.meta.url).href;

/** What follows the examples of an empty feed: what an account costs, a start from a picture, and the models. */
export function FirstVisit(props: {
  form: FormState;
  /** Credits of a new account; undefined for a signed-in user, or until known. */
  freeCredits: number | undefined;
}) {
  const headingId = createUniqueId();
  const lines = createMemo(() => modelLines(props.form.models));
  return (
    <>
      {/* It keeps its line, so that nothing moves when it comes. */}
      <p class="first-visit-free">
        <Show when={props.freeCredits} fallback={'\u00a0'}>
          {(credits) => lazyMessages.firstVisit.free(credits())}
        </Show>
      </p>
      <PictureExample form={props.form} />
      <Show when={lines().length > 0}>
        <h2 class="first-visit-title" id={headingId}>
          {lazyMessages.firstVisit.models}
        </h2>
        <ul class="model-lines" aria-labelledby={headingId}>
          <For each={lines()}>
            {(line) => (
              <li>
                <span class="model-line-name">{line.label}</span>
                <span class="model-line-suits">{suitsText(line)}</span>
                <span class="code">
                  {lazyMessages.firstVisit.price(line.lowestCredits, line.highestCredits)}
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  );
}

/** An example of the other scene: fills the form with a picture and a prompt, and sends nothing. */
function PictureExample(props: { form: FormState }) {
  const { form } = props;
  const [isLoading, setLoading] = createSignal(false);
  const model = createMemo(
    () =>
      chooseModel({
        models: form.models.of('IMAGE_TO_IMAGE'),
        allModels: form.models.all(),
        wantedId: form.draft.content.modelId,
      }).model,
  );
  const texts = lazyMessages.firstVisit;
  const start = async () => {
    if (isLoading()) return;
    setLoading(true);
    try {
      const response = await fetch(examplePicture);
      if (!response.ok) throw new Error(`The example picture answered ${response.status}.`);
      const file = new File([await response.blob()], 'vase.webp', { type: 'image/webp' });
      (await form.repeats()).picture(texts.picturePrompt, file);
    } catch {
      form.toasts.show({ text: texts.pictureFailed, kind: 'error' });
    }
    setLoading(false);
  };
  return (
    <Show when={model()}>
      {(chosen) => (
        <>
          <h2 class="first-visit-title">{texts.picture}</h2>
          <button
            type="button"
            class="picture-example film"
            aria-disabled={isLoading() || undefined}
            onClick={() => void start()}
          >
            <img src={examplePicture} width="440" height="330" alt="" loading="lazy" />
            <span class="picture-example-text">
              <span class="code">{messages.feed.example(chosen().costCredits, chosen().label)}</span>
              <span>{texts.picturePrompt}</span>
            </span>
          </button>
        </>
      )}
    </Show>
  );
}
