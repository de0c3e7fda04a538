import { createSignal, createUniqueId, For, onCleanup, Show } from 'solid-js';
import { DropSign, type FormProps, GenerateForm, ScenePanel } from './generate-form.tsx';
import { pictureTypes } from './references/references.ts';
import { type ProgressingFeed, SheetProgress } from './sheet-progress.tsx';
import { Cost, GenerateButton, SubmitNotice } from './submit-row.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import './bottom-sheet-phone.css';

interface BottomSheetProps extends FormProps {
  feed: ProgressingFeed;
}

/** The form on small screens: a bar at the foot of the page that opens into a sheet with the whole form. */
export function BottomSheet(props: BottomSheetProps) {
  const { form } = props;
  const isTucked = createTucked();
  const { content } = form.draft;
  const modelLabel = () => {
    const { model } = form.submission.choice();
    return model
      ? lazyMessages.form.openForm(model.label, form.submission.sources().length)
      : lazyMessages.form.chooseModel;
  };

  return (
    <section
      class="bottom-sheet"
      classList={{ 'bottom-sheet-tucked': isTucked() }}
      id="generate-form"
      aria-label={messages.form.label}
      ref={publishSize}
    >
      <ScenePanel form={form}>
        <SheetProgress feed={props.feed} />
        <button
          type="button"
          class="bottom-sheet-prompt"
          dir="auto"
          aria-haspopup="dialog"
          onClick={() => form.focus('prompt')}
        >
          {content.prompt || <span class="hint">{messages.prompt.placeholder}</span>}
        </button>
        <Show when={content.scene === 'IMAGE_TO_IMAGE'}>
          <BottomSheetReferences form={form} />
        </Show>
        <Show when={form.isShort()}>
          <div class="bottom-sheet-cost">
            <Cost {...props} />
          </div>
        </Show>
        <SubmitNotice form={form} problem={undefined} />
        <div class="bottom-sheet-row">
          <Button class="bottom-sheet-model" opensDialog onClick={() => form.focus('model')}>
            <Icon name="up" />
            <span>{modelLabel()}</span>
          </Button>
          <GenerateButton submission={form.submission} onClick={form.submit}>
            <Show when={form.cost() !== undefined}>
              <span class="code">{lazyMessages.form.shortCost(form.cost() ?? 0)}</span>
            </Show>
          </GenerateButton>
        </div>
      </ScenePanel>
      <DropSign form={form} />
      <FormDialog {...props} />
    </section>
  );
}

function FormDialog(props: BottomSheetProps) {
  const headingId = createUniqueId();
  const close = () => props.form.setSheetOpen(false);
  return (
    <Dialog kind="sheet" open={props.form.isSheetOpen()} labelledBy={headingId} onClose={close}>
      <div class="sheet-head">
        <h2 id={headingId}>{messages.form.label}</h2>
        <SheetProgress feed={props.feed} />
        <IconButton icon="close" label={lazyMessages.app.close} onClick={close} />
      </div>
      <GenerateForm {...props} />
    </Dialog>
  );
}

/** As many as fit into the bar beside their number. */
const shownReferences = 4;

/** The references of the request: adds the first one, or opens the list; with the cost. */
function BottomSheetReferences(props: Pick<FormProps, 'form'>) {
  let picker: HTMLInputElement | undefined;
  const { cost, dropzone, focus, references } = props.form;
  const count = () => references.items.length;
  return (
    <div class="bottom-sheet-references">
      <Button opensDialog onClick={() => (count() === 0 ? picker?.click() : focus('references'))}>
        <Show when={count() > 0} fallback={<Icon name="plus" />}>
          <span class="bottom-sheet-thumbs">
            <For each={references.items.slice(0, shownReferences)}>
              {(reference) => (
                <Show when={reference.previewUrl} fallback={<Icon name="reference" />}>
                  {(url) => <img src={url()} alt="" width="32" height="32" />}
                </Show>
              )}
            </For>
          </span>
        </Show>
        {count() === 0 ? lazyMessages.references.add : lazyMessages.references.count(count())}
      </Button>
      <Show when={cost() !== undefined}>
        <p>
          {messages.cost.costs} <strong>{messages.credits(cost() ?? 0)}</strong>
        </p>
      </Show>
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept={pictureTypes.join(',')}
        onChange={(event) => {
          void dropzone.addFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
          focus('references');
        }}
      />
    </div>
  );
}

/** A shorter way is no scrolling, as when the address bar of the browser comes or goes. */
const scrollStepPx = 12;

/** Whether the page was scrolled on, away from its top: where there is little height, the bar makes room for pictures. */
function createTucked() {
  const [isTucked, setTucked] = createSignal(false);
  let before = window.scrollY;
  const onScroll = () => {
    const moved = window.scrollY - before;
    if (Math.abs(moved) < scrollStepPx && window.scrollY > 0) return;
    before = window.scrollY;
    setTucked(moved > 0 && before > 0);
  };
  window.addEventListener('scroll', onScroll, { passive: true });
  onCleanup(() => window.removeEventListener('scroll', onScroll));
  return isTucked;
}

/** Publishes the height of the bar as `--bottom-sheet-size`, while it is in the page. */
function publishSize(bottomSheet: HTMLElement): void {
  if (typeof ResizeObserver !== 'function') return;
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() =>
    style.setProperty('--bottom-sheet-size', `${bottomSheet.offsetHeight}px`),
  );
  observer.observe(bottomSheet);
  onCleanup(() => {
    observer.disconnect();
    style.removeProperty('--bottom-sheet-size');
  });
}
