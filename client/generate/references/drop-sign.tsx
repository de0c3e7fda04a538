import { Show } from 'solid-js';
import { messages } from '../../i18n/messages.ts';
import type { Dragged } from './drop-and-paste.ts';

/** Says where a picture can be let go: files on the whole page, frames of the feed on the form. */
export function DropSign(props: { dragged: Dragged }) {
  return (
    <Show when={props.dragged}>
      {(kind) => (
        <div class={`drop-sign drop-sign-${kind()}`} aria-hidden="true">
          <p>{messages.form.dropFiles}</p>
        </div>
      )}
    </Show>
  );
}
