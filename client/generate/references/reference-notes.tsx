import { type Accessor, createEffect, createMemo, createSignal, For, onCleanup, Show } from 'solid-js';
import { referenceProblem } from './reference-problem.ts';
import type { Reference, References } from './references.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import { Button } from '../../ui/button.tsx';

/** A line for each reference with a problem, with a remedy. Its tile removes it. */
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
              {lazyMessages.references.shrunk(
                item.original?.name ?? '',
                item.original?.byteSize ?? 0,
                item.byteSize,
              )}
            </p>
            <Button
              kind="quiet"
              label={lazyMessages.references.undoShrink(item.original?.name ?? '')}
              onClick={() => props.references.unshrink(item.id)}
            >
              {messages.app.undo}
            </Button>
          </div>
        )}
      </For>
      <For each={slow()}>
        {(item) => (
          <div class="reference-note">
            <p class="hint">
              {lazyMessages.references.stillUploading(
                item.name,
                item.state.kind === 'uploading' ? item.state.percent : 0,
              )}
            </p>
            <Button
              kind="quiet"
              label={lazyMessages.references.cancelUpload(item.name)}
              onClick={() => props.onRemove(item)}
            >
              {lazyMessages.app.cancel}
            </Button>
          </div>
        )}
      </For>
      <p class="visually-hidden" role="status">
        <For each={slow()}>{(item) => lazyMessages.references.slow(item.name)}</For>
      </p>
    </>
  );
}

/** The remedy: retry, or shrink. Some faults have none. */
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
          label={lazyMessages.references.shrinkNamed(props.reference.name)}
          onClick={() => void props.references.shrink(props.reference.id)}
        >
          {lazyMessages.references.shrink}
        </Button>
      </Show>
      <Show when={props.reference.state.kind === 'failed'}>
        <Button
          kind="quiet"
          label={lazyMessages.references.retry(props.reference.name)}
          onClick={() => props.references.retry(props.reference.id)}
        >
          {messages.app.tryAgain}
        </Button>
      </Show>
    </>
  );
}

const slowMs = 8_000;

/** Uploads that have been running for so long that the user gets a notice. */
function createSlowUploads(items: Accessor<readonly Reference[]>): Accessor<readonly Reference[]> {
  const [slow, setSlow] = createSignal<ReadonlySet<string>>(new Set());
  const uploading = createMemo(() => items().filter(({ state }) => state.kind === 'uploading'));
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  createEffect(() => {
    const running = new Set(uploading().map(({ id }) => id));
    for (const [id, timer] of timers)
      if (!running.has(id)) {
        clearTimeout(timer);
        timers.delete(id);
        setSlow((ids) => new Set([...ids].filter((other) => other !== id)));
      }
    for (const id of running)
      if (!timers.has(id))
        timers.set(
          id,
          setTimeout(() => setSlow((ids) => new Set([...ids, id])), slowMs),
        );
  });
  onCleanup(() => {
    for (const timer of timers.values()) clearTimeout(timer);
  });
  return createMemo(() => uploading().filter(({ id }) => slow().has(id)));
}
