/** Keyboard shortcuts: one press of a key is one action, however long the key is held. */

/**
 * A `keydown` listener for shortcuts. `act` runs once for each press and returns whether the key is a shortcut; the
 * browser's own action is then prevented, for the press and for the repeats of a held key. Input methods (IME) keep
 * their keys.
 */
export function onPress(act: (event: KeyboardEvent) => boolean): (event: KeyboardEvent) => void {
  let pressed: string | undefined;
  return (event) => {
    if (event.isComposing) return;
    if (!event.repeat) pressed = act(event) ? event.key : undefined;
    if (event.key === pressed) event.preventDefault();
  };
}

/**
 * Makes a held Enter press a button, or submit a form, once: browsers click again at each repeat. A `textarea` keeps it,
 * as there it writes lines. Returns how to stop.
 */
export function ignoreHeldEnter(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.repeat && event.key === 'Enter' && !(event.target instanceof HTMLTextAreaElement))
      event.preventDefault();
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}

/** The selector of fields that take text, whose events no shortcut or drop target takes. */
const textFields = [
  'textarea',
  'select',
  '[contenteditable]:not([contenteditable="false"])',
  'input:not([type=button], [type=checkbox], [type=color], [type=file], [type=image], [type=radio], [type=range], [type=reset], [type=submit])',
].join();

/** Whether the event's target takes text by keyboard, paste or drop; a `select` matches typed letters. */
export function isInTextField({ target }: Event): boolean {
  return target instanceof Element && target.closest(textFields) !== null;
}

/**
 * Whether a paste or drag is meant for a text field: it carries text, maybe with an image of it, as from a
 * spreadsheet. An image alone is not.
 */
export function isTextForField(event: Event, data: DataTransfer | null): boolean {
  return isInTextField(event) && (data?.types.includes('text/plain') ?? false);
}
