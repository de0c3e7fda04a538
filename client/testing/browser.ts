/** What tests do in place of a browser and its user. */
import { fireEvent, screen } from '@solidjs/testing-library';

/** Clicks the button with this label. */
export const press = (name: string | RegExp) => fireEvent.click(screen.getByRole('button', { name }));

/** Submits the only form. */
export const submitForm = () => fireEvent.submit(document.querySelector('form')!);

/** Stands in for what jsdom does not have: modal dialogs, media queries and scrolling. */
export function installBrowserParts(): void {
  window.matchMedia ??= (media) =>
    Object.assign(new EventTarget(), { media, matches: false }) as MediaQueryList;
  window.scrollTo = () => {};
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
}
