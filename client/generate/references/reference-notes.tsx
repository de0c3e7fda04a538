import { For, Show } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { words } from '../../i18n/messages.ts';
import { referenceProblem } from './reference-problem.ts';
import type { Reference, References } from './references.ts';
import { createSlowUploads } from './slow-uploads.ts';

/** A line for each picture that is in trouble, with what helps; to take it out there is its tile. */
export function ReferenceNotes(props: { references: References; onRemove: (reference: Reference) => void }) {
  const bad = () => props.references.items.filter((item) => referenceProblem(item) !== undefined);
  const slow = createSlowUploads(() => props.references.items);
  return (
    <>
      <For each={bad()}>
        {(item) => (
          <div class="reference-note">
            <p class="problem" role="alert">
              {referenceProblem(item)}
            </p>
            <Remedy reference={item} references={props.references} />
          </div>
        )}
      </For>
      <For each={props.references.items.filter(({ original, state }) => original && state.kind !== 'faulty')}>
        {(item) => (
          <div class="reference-note">
            <p class="hint" role="status">
              {laterWords.references.shrunk(
                item.original?.name ?? '',
                item.original?.byteSize ?? 0,
                item.byteSize,
              )}
            </p>
            <Button
              kind="quiet"
              label={laterWords.references.undoShrink(item.original?.name ?? '')}
              onClick={() => props.references.unshrink(item.id)}
            >
              {words.app.undo}
            </Button>
          </div>
        )}
      </For>
      <For each={slow()}>
        {(item) => (
          <div class="reference-note">
            <p class="hint">
              {laterWords.references.stillUploading(
                item.name,
                item.state.kind === 'uploading' ? item.state.percent : 0,
              )}
            </p>
            <Button
              kind="quiet"
              label={laterWords.references.cancelUpload(item.name)}
              onClick={() => props.onRemove(item)}
            >
              {laterWords.app.cancel}
            </Button>
          </div>
        )}
      </For>
      <p class="visually-hidden" role="status">
        <For each={slow()}>{(item) => laterWords.references.slow(item.name)}</For>
      </p>
    </>
  );
}

/** What helps: another try, or a smaller picture. Against some faults nothing does. */
function Remedy(props: { reference: Reference; references: References }) {
  const isTooBig = () => {
    const { state } = props.reference;
    return state.kind === 'faulty' && (state.fault === 'tooBig' || state.fault === 'tooManyPixels');
  };
  return (
    <>
      <Show when={isTooBig()}>
        <Button
          kind="quiet"
          label={laterWords.references.shrinkNamed(props.reference.name)}
          onClick={() => void props.references.shrink(props.reference.id)}
        >
          {laterWords.references.shrink}
        </Button>
      </Show>
      <Show when={props.reference.state.kind === 'failed'}>
        <Button
          kind="quiet"
          label={laterWords.references.retry(props.reference.name)}
          onClick={() => props.references.retry(props.reference.id)}
        >
          {words.app.tryAgain}
        </Button>
      </Show>
    </>
  );
}
