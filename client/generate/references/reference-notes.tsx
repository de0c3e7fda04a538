import { createSignal, For, onCleanup, Show } from 'solid-js';
import type { Cropping } from './cropping.ts';
import { type Reference, referenceProblem, type References } from './references.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import { Button } from '../../ui/button.tsx';

/** A line for each reference with a problem, with a remedy. Its tile removes it. */
export function ReferenceNotes(props: {
  references: References;
  cropping: Pick<Cropping, 'parts' | 'uncrop'>;
  onRemove: (reference: Reference) => void;
}) {
  const items = () => props.references.items;
  return (
    <>
      <For each={items().filter((item) => referenceProblem(item) !== undefined)}>
        {(item) => (
          <Note role="alert" text={referenceProblem(item)} action={remedyOf(item, props.references)} />
        )}
      </For>
      <For each={items().filter(({ original, state }) => original && state.kind !== 'faulty')}>
        {(item) => (
          <Note
            role="status"
            text={lazyMessages.references.shrunk(item.original!.name, item.original!.byteSize, item.byteSize)}
            action={{
              text: messages.app.undo,
              label: lazyMessages.references.undoShrink(item.original!.name),
              run: () => props.references.unshrink(item.id),
            }}
          />
        )}
      </For>
      <For each={props.cropping.parts()}>
        {(item) => (
          <Note
            role="status"
            text={lazyMessages.crop.cropped(item.name)}
            action={{
              text: lazyMessages.crop.whole,
              label: lazyMessages.crop.wholeOf(item.name),
              run: () => void props.cropping.uncrop({ ...item }),
            }}
          />
        )}
      </For>
      <For each={items().filter(({ state }) => state.kind === 'uploading')}>
        {(item) => <SlowUpload reference={item} onRemove={() => props.onRemove(item)} />}
      </For>
    </>
  );
}

interface Action {
  text: string;
  label: string;
  run: () => void;
}

function Note(props: { role?: 'alert' | 'status'; text: string | undefined; action: Action | undefined }) {
  return (
    <div class="reference-note">
      <p class={props.role === 'alert' ? 'problem' : 'hint'} role={props.role}>
        {props.text}
      </p>
      <Show when={props.action}>
        {(action) => (
          <Button kind="quiet" label={action().label} onClick={() => action().run()}>
            {action().text}
          </Button>
        )}
      </Show>
    </div>
  );
}

/** Retry, or shrink. Some faults have no remedy. */
function remedyOf({ id, name, state }: Reference, references: References): Action | undefined {
  const texts = lazyMessages.references;
  if (state.kind === 'failed')
    return { text: messages.app.tryAgain, label: texts.retry(name), run: () => references.retry(id) };
  if (state.kind === 'faulty' && (state.fault === 'tooBig' || state.fault === 'tooManyPixels'))
    return { text: texts.shrink, label: texts.shrinkNamed(name), run: () => void references.shrink(id) };
  return undefined;
}

const slowMs = 8_000;

/** A notice of an upload, once it has been running for `slowMs`. */
function SlowUpload(props: { reference: Reference; onRemove: () => void }) {
  const [isSlow, setSlow] = createSignal(false);
  const timer = setTimeout(() => setSlow(true), slowMs);
  onCleanup(() => clearTimeout(timer));
  const name = () => props.reference.name;
  const percent = () => (props.reference.state.kind === 'uploading' ? props.reference.state.percent : 0);
  return (
    <>
      <Show when={isSlow()}>
        <Note
          text={lazyMessages.references.stillUploading(name(), percent())}
          action={{
            text: lazyMessages.app.cancel,
            label: lazyMessages.references.cancelUpload(name()),
            run: props.onRemove,
          }}
        />
      </Show>
      <p class="visually-hidden" role="status">
        {isSlow() && lazyMessages.references.slow(name())}
      </p>
    </>
  );
}
