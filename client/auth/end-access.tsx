import { createUniqueId } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import './end-access.css';

const name = 'endOtherAccess';

/** What a form that saves a new password appends to the path of its request. */
export function endAccessParameter(isChosen: boolean | undefined): string {
  return isChosen ? `?${name}=true` : '';
}

/** Asks whether a new password also ends what else gives access to the account. */
export function EndAccessChoice(props: { ref: (element: HTMLInputElement) => void }) {
  const hintId = createUniqueId();
  return (
    <div class="end-access">
      <label>
        <input type="checkbox" aria-describedby={hintId} ref={(element) => props.ref(element)} />
        <span>{lazyMessages.auth.endOtherAccess}</span>
      </label>
      <p class="hint" id={hintId}>
        {lazyMessages.auth.endOtherAccessHint}
      </p>
    </div>
  );
}
