/** Deletes the account, after the password. */
import { createSignal, Show } from 'solid-js';
import type { AuthClient } from '../auth/auth-client.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { type Problem, RequestDialog } from './integration-section.tsx';
import { problemAt } from './profile.tsx';

export function DeleteAccount(props: {
  auth: AuthClient;
  /** Without one, a session of a few minutes suffices. */
  hasPassword: boolean;
  toasts: Toasts;
  /** Leaves the session, which has ended. */
  onDeleted: () => void;
}) {
  const texts = lazyMessages.deleteAccount;
  const [isOpen, setOpen] = createSignal(false);
  const send = async (fields: FormData): Promise<Problem | undefined> => {
    const password = String(fields.get('password') ?? '');
    if (props.hasPassword && password === '')
      return { field: 'password', text: lazyMessages.auth.problems.missing };
    const { problem } = await props.auth.request('/delete-user', props.hasPassword ? { password } : {});
    if (problem === 'wrongPassword') return { field: 'password', text: lazyMessages.profile.wrongPassword };
    if (problem) return problemAt(problem, {});
    setOpen(false);
    props.toasts.show({ text: texts.done });
    props.onDeleted();
    return undefined;
  };
  return (
    <>
      <p class="hint">{texts.hint}</p>
      <Button opensDialog onClick={() => setOpen(true)}>
        {texts.title}
      </Button>
      <RequestDialog
        open={isOpen()}
        title={texts.title}
        action={texts.confirm}
        send={send}
        onClose={() => setOpen(false)}
      >
        {(problem) => (
          <>
            <p>{texts.warning}</p>
            <Show when={props.hasPassword}>
              <TextField
                label={lazyMessages.profile.currentPassword}
                type="password"
                name="password"
                autocomplete="current-password"
                autofocus
                problem={problem('password')}
              />
            </Show>
          </>
        )}
      </RequestDialog>
    </>
  );
}
