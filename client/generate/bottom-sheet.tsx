import { createUniqueId, onCleanup, onMount, Show } from 'solid-js';
import { Dialog } from '../ui/dialog.tsx';
import { DropSign } from './references/drop-sign.tsx';
import { pictureTypes } from './upload/limits.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { tabId } from '../ui/tabs.tsx';
import { laterWords } from '../i18n/lazy-messages.ts';
import { words } from '../i18n/messages.ts';
import { BenchForm } from './generate-form.tsx';
import type { BenchProps } from './form-props.ts';
import { GenerateButton } from './submit/generate-button.tsx';
import { Cost, isShort } from './submit/submit-row.tsx';
import { SceneTabs } from './scene-tabs.tsx';
import { SendNotice } from './submit/submit-notice.tsx';

/** The bench of small screens: a dock at the foot of the page that opens into a sheet with the whole form. */
export function Dock(props: BenchProps & { isOpen: boolean; onOpen: (isOpen: boolean) => void }) {
  const panelId = createUniqueId();
  const headingId = createUniqueId();
  const modelLabel = () => {
    const { model } = props.composer.choice();
    const isFromImages = props.draft.content.scene === 'IMAGE_TO_IMAGE';
    return model
      ? laterWords.bench.openBench(model.label, isFromImages ? props.references.items.length : 0)
      : laterWords.bench.chooseModel;
  };
  const openAt = (field: 'prompt' | 'model' | 'references') => {
    props.onOpen(true);
    queueMicrotask(() => props.fields.get(field)?.focus());
  };
  let dock: HTMLElement | undefined;
  onMount(() => {
    if (dock && typeof ResizeObserver === 'function') publishSize(dock);
  });

  return (
    <section class="dock" id="bench" aria-label={words.bench.label} ref={dock}>
      <SceneTabs draft={props.draft} panelId={panelId} onScene={props.onScene} />
      <div role="tabpanel" id={panelId} aria-labelledby={tabId(panelId, props.draft.content.scene)}>
        <button
          type="button"
          class="dock-prompt"
          dir="auto"
          aria-haspopup="dialog"
          onClick={() => openAt('prompt')}
        >
          <Show
            when={props.draft.content.prompt}
            fallback={<span class="hint">{words.prompt.placeholder}</span>}
          >
            {props.draft.content.prompt}
          </Show>
        </button>
        <Show when={props.draft.content.scene === 'IMAGE_TO_IMAGE'}>
          <DockReferences {...props} onShow={() => openAt('references')} />
        </Show>
        <Show when={isShort(props)}>
          <div class="dock-cost">
            <Cost {...props} />
          </div>
        </Show>
        <SendNotice composer={props.composer} toasts={props.toasts} problem={undefined} />
        <div class="dock-row">
          <Button class="dock-model" opensDialog onClick={() => openAt('model')}>
            <Icon name="up" />
            <span>{modelLabel()}</span>
          </Button>
          <GenerateButton composer={props.composer} onClick={() => props.onSubmit()}>
            <Show when={props.costCredits !== undefined}>
              <span class="code">{laterWords.bench.shortCost(props.costCredits ?? 0)}</span>
            </Show>
          </GenerateButton>
        </div>
      </div>
      <DropSign dragged={props.dragged} />
      <Dialog kind="sheet" open={props.isOpen} labelledBy={headingId} onClose={() => props.onOpen(false)}>
        <div class="sheet-head">
          <h2 id={headingId}>{words.bench.label}</h2>
          <Button kind="icon" label={laterWords.app.close} onClick={() => props.onOpen(false)}>
            <Icon name="close" />
          </Button>
        </div>
        <BenchForm {...props} />
      </Dialog>
    </section>
  );
}

/** The images that the request starts from: adds the first, leads to those that are there. And what that costs. */
function DockReferences(props: BenchProps & { onShow: () => void }) {
  let picker: HTMLInputElement | undefined;
  const count = () => props.references.items.length;
  return (
    <div class="dock-references">
      <Button opensDialog onClick={() => (count() === 0 ? picker?.click() : props.onShow())}>
        <Icon name={count() === 0 ? 'plus' : 'reference'} />
        {count() === 0 ? laterWords.references.add : laterWords.references.count(count())}
      </Button>
      <Show when={props.costCredits !== undefined}>
        <p>
          {words.cost.costs} <strong>{words.credits(props.costCredits ?? 0)}</strong>
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

/** Tells the styles how much of the window the dock takes, for as long as it is there; it grows with what it says. */
function publishSize(dock: HTMLElement): void {
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => style.setProperty('--dock-size', `${dock.offsetHeight}px`));
  observer.observe(dock);
  onCleanup(() => {
    observer.disconnect();
    style.removeProperty('--dock-size');
  });
}
