/** Which events are for a field that is being written in, so that no shortcut or drop target of the page takes them. */

const textFields = [
  'textarea',
  'select',
  '[contenteditable]:not([contenteditable="false"])',
  'input:not([type=button], [type=checkbox], [type=color], [type=file], [type=image], [type=radio], [type=range], [type=reset], [type=submit])',
].join();

/** Whether the event's target takes text by keyboard, paste or drop; a `select` finds its options by typed letters. */
export function isInTextField({ target }: Event): boolean {
  return target instanceof Element && target.closest(textFields) !== null;
}

/**
 * Whether a paste or a drag is for a text field: it carries text, with or without pictures of that text beside it, as
 * from a spreadsheet. A picture alone is of no use to the field.
 */
export function isTextForField(event: Event, data: DataTransfer | null): boolean {
  return isInTextField(event) && (data?.types.includes('text/plain') ?? false);
}
