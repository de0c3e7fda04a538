import { createUniqueId, onCleanup, onMount, Show } from 'solid-js';
import { DropSign, type FormProps, GenerateForm, SceneTabs } from './generate-form.tsx';
import { pictureTypes } from './references/references.ts';
import { Cost, GenerateButton, isShort, SubmitNotice } from './submit-row.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icons.tsx';
import { tabId } from '../ui/tabs.tsx';

type BottomSheetProps = FormProps & { isOpen: boolean; onOpen: (isOpen: boolean) => void };

/** The form on small screens: a bar at the foot of the page that opens into a sheet with the whole form. */
export function BottomSheet(props: BottomSheetProps) {
  const panelId = createUniqueId();
  const modelLabel = () => {
    const { model } = props.submission.choice();
    const isFromImages = props.draft.content.scene === 'IMAGE_TO_IMAGE';
    return model
      ? lazyMessages.form.openForm(model.label, isFromImages ? props.references.items.length : 0)
      : lazyMessages.form.chooseModel;
  };
  const openAt = (field: 'prompt' | 'model' | 'references') => {
    props.onOpen(true);
    queueMicrotask(() => props.fields.get(field)?.focus());
  };
  let bottomSheet: HTMLElement | undefined;
  onMount(() => {
    if (bottomSheet && typeof ResizeObserver === 'function') publishSize(bottomSheet);
  });

  return (
    <section class="bottom-sheet" id="generate-form" aria-label={messages.form.label} ref={bottomSheet}>
      <SceneTabs {...props} panelId={panelId} />
      <div role="tabpanel" id={panelId} aria-labelledby={tabId(panelId, props.draft.content.scene)}>
        <button
          type="button"
          class="bottom-sheet-prompt"
          dir="auto"
          aria-haspopup="dialog"
          onClick={() => openAt('prompt')}
        >
          {props.draft.content.prompt || <span class="hint">{messages.prompt.placeholder}</span>}
        </button>
        <Show when={props.draft.content.scene === 'IMAGE_TO_IMAGE'}>
          <BottomSheetReferences {...props} onShow={() => openAt('references')} />
        </Show>
        <Show when={isShort(props)}>
          <div class="bottom-sheet-cost">
            <Cost {...props} />
          </div>
        </Show>
        <SubmitNotice submission={props.submission} toasts={props.toasts} problem={undefined} />
        <div class="bottom-sheet-row">
          <Button class="bottom-sheet-model" opensDialog onClick={() => openAt('model')}>
            <Icon name="up" />
            <span>{modelLabel()}</span>
          </Button>
          <GenerateButton submission={props.submission} onClick={() => props.onSubmit()}>
            <Show when={props.costCredits !== undefined}>
              <span class="code">{lazyMessages.form.shortCost(props.costCredits ?? 0)}</span>
            </Show>
          </GenerateButton>
        </div>
      </div>
      <DropSign dragged={props.dragged} />
      <FormDialog {...props} />
    </section>
  );
}

function FormDialog(props: BottomSheetProps) {
  const headingId = createUniqueId();
  const close = () => props.onOpen(false);
  return (
    <Dialog kind="sheet" open={props.isOpen} labelledBy={headingId} onClose={close}>
      <div class="sheet-head">
        <h2 id={headingId}>{messages.form.label}</h2>
        <IconButton icon="close" label={lazyMessages.app.close} onClick={close} />
      </div>
      <GenerateForm {...props} />
    </Dialog>
  );
}

/** The references of the request: adds the first one, or opens the list; with the cost. */
function BottomSheetReferences(props: FormProps & { onShow: () => void }) {
  let picker: HTMLInputElement | undefined;
  const count = () => props.references.items.length;
  return (
    <div class="bottom-sheet-references">
      <Button opensDialog onClick={() => (count() === 0 ? picker?.click() : props.onShow())}>
        <Icon name={count() === 0 ? 'plus' : 'reference'} />
        {count() === 0 ? lazyMessages.references.add : lazyMessages.references.count(count())}
      </Button>
      <Show when={props.costCredits !== undefined}>
        <p>
          {messages.cost.costs} <strong>{messages.credits(props.costCredits ?? 0)}</strong>
        </p>
      </Show>
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept={pictureTypes.join(',')}
        onChange={(event) => {
          props.onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
          props.onShow();
        }}
      />
    </div>
  );
}

/** Publishes the height of the bar as `--bottom-sheet-size`, while it is in the page. */
function publishSize(bottomSheet: HTMLElement): void {
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
