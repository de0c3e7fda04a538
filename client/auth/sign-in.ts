import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { Toasts } from '../ui/toasts.tsx';
import { messages } from '../i18n/messages.ts';

interface SignIn {
  /** Whether its dialog is open. */
  isOpen: Accessor<boolean>;
  open(): void;
  close(): void;
}

/** The sign-in, and what follows for the page where somebody comes or goes. Ends with its owner. */
export function createSignIn(options: {
  viewerId: Accessor<string | undefined>;
  toasts: Toasts;
  onSignedIn: (isSignedIn: boolean) => void;
  /** Called where the person who was signed in is so no more. */
  onGone: () => void;
  /** Somebody else has signed in where another person was: this page must end. */
  onOtherPerson: () => void;
}): SignIn {
  const [isOpen, setOpen] = createSignal(false);
  /** Whose page this is: the first one who was signed in. */
  let personId: string | undefined;
  createEffect(
    on(options.viewerId, (id, before) => {
      personId ??= id;
      // Not within this effect, which ends with the page.
      if (id !== undefined && id !== personId) queueMicrotask(options.onOtherPerson);
      options.onSignedIn(id !== undefined);
      if (id !== undefined) setOpen(false);
      if (before !== undefined && before !== id) options.onGone();
      if (before === undefined || id !== undefined) return;
      const dismiss = options.toasts.show({
        text: messages.auth.signedOut,
        action: { label: messages.auth.signIn, run: () => setOpen(true) },
      });
      onCleanup(dismiss);
    }),
  );
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false) };
}
