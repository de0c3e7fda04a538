import { Match, Show, Switch } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { words } from '../ui/words.ts';
import type { FileFault } from './upload/check-file.ts';
import type { Reference } from './references.ts';

const faultWords: Readonly<Record<FileFault, string>> = {
  tooBig: words.references.tooBigShort,
  wrongType: words.references.wrongTypeShort,
  unreadable: words.references.unreadableShort,
};

/** One reference image: its picture, how its upload is, and a way to take it out. */
export function ReferenceTile(props: {
  reference: Reference;
  /** Counted from 1. */
  position: number;
  isSignedIn: boolean;
  onRemove: () => void;
  onRetry: () => void;
}) {
  const state = () => props.reference.state;
  const name = () => props.reference.name;
  const isBad = () => state().kind === 'faulty' || state().kind === 'failed';
  const percent = () => {
    const now = state();
    return now.kind === 'uploading' ? now.percent : undefined;
  };
  const fault = () => {
    const now = state();
    return now.kind === 'faulty' ? now.fault : undefined;
  };

  return (
    <li
      class="reference"
      classList={{ 'reference-bad': isBad(), 'reference-busy': !isBad() && state().kind !== 'uploaded' }}
    >
      <Show when={!fault() && props.reference.previewUrl}>
        {(url) => (
          <img class="reference-picture" src={url()} alt={words.references.name(props.position, name())} />
        )}
      </Show>
      <Switch>
        <Match when={fault()}>
          {(kind) => (
            <p class="reference-fault">
              <strong>{faultWords[kind()]}</strong>
              <span>{kind() === 'tooBig' ? words.megabytes(props.reference.byteSize) : name()}</span>
            </p>
          )}
        </Match>
        <Match when={state().kind === 'failed'}>
          <p class="reference-fault">
            <strong>{words.references.failedShort}</strong>
            <Button kind="icon" label={words.references.retry(name())} onClick={() => props.onRetry()}>
              <Icon name="retry" />
            </Button>
          </p>
        </Match>
        <Match when={state().kind === 'uploading'}>
          <div
            class="reference-progress code"
            role="progressbar"
            aria-label={words.references.uploading(name())}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent()}
          >
            {words.progress.percent(percent() ?? 0)}
            <span class="reference-bar" style={{ '--percent': `${percent() ?? 0}%` }} />
          </div>
        </Match>
        <Match when={state().kind === 'queued' || state().kind === 'checking'}>
          <p class="reference-wait">
            {state().kind === 'checking'
              ? words.references.checking
              : props.isSignedIn
                ? words.references.queued
                : words.references.waitsForSignIn}
          </p>
        </Match>
        <Match when={state().kind === 'uploaded'}>
          <span class="reference-number code" aria-hidden="true">
            {props.position}
          </span>
        </Match>
      </Switch>
      <Button
        kind="icon"
        class="reference-remove"
        label={
          state().kind === 'uploading'
            ? words.references.cancelUpload(name())
            : words.references.remove(name())
        }
        onClick={() => props.onRemove()}
      >
        <Icon name="close" />
      </Button>
    </li>
  );
}
