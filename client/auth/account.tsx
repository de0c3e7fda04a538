import { Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { words } from '../ui/words.ts';
import type { Viewer } from './session.ts';

/** Who is signed in, and the way in or out. */
export function Account(props: {
  /** Undefined while it is not known. */
  viewer: Viewer | null | undefined;
  onSignIn: () => void;
  onSignOut: () => void;
}) {
  return (
    <Show when={props.viewer !== undefined}>
      <Show
        when={props.viewer}
        fallback={
          <Button kind="film" class="sign-in-button" onClick={() => props.onSignIn()}>
            {words.auth.signIn}
          </Button>
        }
      >
        {(viewer) => (
          <>
            <span class="initials" title={viewer().email}>
              <span aria-hidden="true">{initials(viewer().name)}</span>
              <span class="visually-hidden">{words.auth.account(viewer().name)}</span>
            </span>
            <Button kind="film" onClick={() => props.onSignOut()}>
              {words.auth.signOut}
            </Button>
          </>
        )}
      </Show>
    </Show>
  );
}

function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return [parts[0], parts.length > 1 ? parts.at(-1) : undefined]
    .map((part) => [...(part ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}
