/** Name, email address and password of the user, each changed in a dialog. */
import { createSignal, Show } from 'solid-js';
import type { AuthClient, AuthProblem } from '../auth/auth-client.ts';
import { EndAccessChoice, endAccessParameter } from '../auth/end-access.tsx';
import type { Viewer } from '../auth/session.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { type Problem, RequestDialog } from './integration-section.tsx';

interface ProfileProps {
  auth: AuthClient;
  viewer: Viewer;
  /** Undefined until loaded. */
  emailVerified: boolean | undefined;
  /** Without one, the account signs in through a provider. */
  hasPassword: boolean | undefined;
  toasts: Toasts;
  /** Reloads the session. */
  onChanged: () => void;
}

type Editing = 'name' | 'email' | 'password';

/** The problem of a form, at the field that it concerns. */
export function problemAt(fault: AuthProblem, fields: Partial<Record<AuthProblem, string>>): Problem {
  return { field: fields[fault], text: lazyMessages.auth.problems[fault] };
}

export function Profile(props: ProfileProps) {
  const texts = lazyMessages.profile;
  const [editing, setEditing] = createSignal<Editing>();
  let choice: HTMLInputElement | undefined;
  const close = () => setEditing(undefined);
  const done = (text: string) => {
    close();
    props.toasts.show({ text });
    props.onChanged();
    return undefined;
  };
  const saveName = async (fields: FormData): Promise<Problem | undefined> => {
    const name = String(fields.get('name')).trim();
    if (!name) return { field: 'name', text: lazyMessages.auth.problems.missing };
    const { problem } = await props.auth.request('/update-user', { name });
    return problem ? problemAt(problem, { badName: 'name' }) : done(texts.nameSaved);
  };
  const saveEmail = async (fields: FormData): Promise<Problem | undefined> => {
    const newEmail = String(fields.get('email')).trim();
    if (!newEmail) return { field: 'email', text: lazyMessages.auth.problems.missing };
    if (newEmail.toLowerCase() === props.viewer.email) return done(texts.emailSame);
    const { problem } = await props.auth.request('/change-email', { newEmail });
    return problem ? problemAt(problem, { badEmail: 'email' }) : done(texts.emailSent(newEmail));
  };
  const savePassword = async (fields: FormData): Promise<Problem | undefined> => {
    const [currentPassword, newPassword] = [String(fields.get('current')), String(fields.get('new'))];
    const { problem } = await props.auth.request(`/change-password${endAccessParameter(choice?.checked)}`, {
      currentPassword,
      newPassword,
    });
    if (!problem) return done(texts.passwordSaved);
    const at = { wrongPassword: 'current', shortPassword: 'new', longPassword: 'new' };
    return problem === 'wrongPassword'
      ? { field: 'current', text: texts.wrongPassword }
      : problemAt(problem, at);
  };
  const confirmEmail = async () => {
    const { problem } = await props.auth.request('/send-verification-email', { email: props.viewer.email });
    props.toasts.show(
      problem
        ? { text: lazyMessages.auth.problems[problem], kind: 'error' }
        : { text: texts.verificationSent(props.viewer.email) },
    );
  };

  return (
    <>
      <dl class="account-facts">
        <div>
          <dt>{lazyMessages.auth.name}</dt>
          <dd dir="auto">{props.viewer.name}</dd>
        </div>
        <div>
          <dt>{lazyMessages.auth.email}</dt>
          <dd dir="auto">{props.viewer.email}</dd>
        </div>
      </dl>
      <Show when={props.emailVerified === false}>
        <p class="hint">{texts.unverified}</p>
        <Button onClick={() => void confirmEmail()}>{texts.sendVerification}</Button>
      </Show>
      <div class="account-actions">
        <Button opensDialog onClick={() => setEditing('name')}>
          {texts.changeName}
        </Button>
        <Button opensDialog onClick={() => setEditing('email')}>
          {texts.changeEmail}
        </Button>
        <Show when={props.hasPassword}>
          <Button opensDialog onClick={() => setEditing('password')}>
            {texts.changePassword}
          </Button>
        </Show>
      </div>
      <RequestDialog
        open={editing() === 'name'}
        title={texts.changeName}
        action={texts.save}
        send={saveName}
        onClose={close}
      >
        {(problem) => (
          <TextField
            label={lazyMessages.auth.name}
            name="name"
            value={props.viewer.name}
            autocomplete="name"
            autofocus
            problem={problem('name')}
          />
        )}
      </RequestDialog>
      <RequestDialog
        open={editing() === 'email'}
        title={texts.changeEmail}
        action={texts.save}
        send={saveEmail}
        onClose={close}
      >
        {(problem) => (
          <TextField
            label={texts.newEmail}
            type="email"
            name="email"
            autocomplete="email"
            autofocus
            hint={texts.newEmailHint}
            problem={problem('email')}
          />
        )}
      </RequestDialog>
      <RequestDialog
        open={editing() === 'password'}
        title={texts.changePassword}
        action={texts.save}
        send={savePassword}
        onClose={close}
      >
        {(problem) => (
          <>
            <TextField
              label={texts.currentPassword}
              type="password"
              name="current"
              autocomplete="current-password"
              autofocus
              problem={problem('current')}
            />
            <TextField
              label={lazyMessages.auth.newPassword}
              type="password"
              name="new"
              autocomplete="new-password"
              hint={texts.newPasswordHint}
              problem={problem('new')}
            />
            <EndAccessChoice ref={(element) => (choice = element)} />
          </>
        )}
      </RequestDialog>
    </>
  );
}
