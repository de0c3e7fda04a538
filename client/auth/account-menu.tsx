import { createUniqueId } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { messages } from '../i18n/messages.ts';
import type { Viewer } from './session.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

/**
 * The account menu: name, link to the account, sign-out. A native popover: the browser closes it on Escape and on a
 * click elsewhere, and restores the focus.
 */
export function AccountMenu(props: {
  viewer: Viewer;
  /** Of the account page. */
  pageName: string;
  onSignOut: () => void;
}) {
  const id = createUniqueId();
  let panel: HTMLDivElement | undefined;
  return (
    <>
      <button type="button" class="button button-icon account-button" popovertarget={id}>
        <span class="initials" dir="auto" aria-hidden="true">
          {initials(props.viewer.name)}
        </span>
        <span class="visually-hidden">{lazyMessages.page.accountMenu(props.viewer.name)}</span>
      </button>
      <div class="account-panel" id={id} popover="auto" ref={panel}>
        <p class="account-name" dir="auto">
          {props.viewer.name}
        </p>
        <p class="account-email" dir="auto">
          {props.viewer.email}
        </p>
        <a class="button" href="/account" data-route onClick={() => panel?.hidePopover?.()}>
          {props.pageName}
        </a>
        <Button onClick={() => props.onSignOut()}>{messages.auth.signOut}</Button>
      </div>
    </>
  );
}

function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return [parts[0], parts.length > 1 ? parts.at(-1) : undefined]
    .map((part) => [...(part ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}
