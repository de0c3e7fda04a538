import { createSignal, createUniqueId, Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { words } from '../ui/words.ts';
import type { AuthClient, AuthProblem } from './auth-client.ts';

const minPasswordLength = 8;

type Field = 'name' | 'email' | 'password';

/** The field that a problem is about, where it is about one. */
const problemFields: Partial<Readonly<Record<AuthProblem, Field>>> = {
  badEmail: 'email',
  emailTaken: 'email',
  shortPassword: 'password',
  longPassword: 'password',
};

/** Signing in, or making an account. What was written and chosen stays behind it, untouched. */
export function SignInDialog(props: {
  open: boolean;
  auth: AuthClient;
  /** The prompt that waits for the sign-in; undefined where nothing waits. */
  waitingPrompt: string | undefined;
  onSignedIn: () => void;
  onClose: () => void;
}) {
  const headingId = createUniqueId();
  return (
    <Dialog open={props.open} labelledBy={headingId} onClose={() => props.onClose()}>
      <Show when={props.waitingPrompt}>
        {(prompt) => (
          <div class="sign-in-film film" aria-hidden="true">
            <p>{prompt()}</p>
          </div>
        )}
      </Show>
      <SignInForm {...props} headingId={headingId} />
    </Dialog>
  );
}

function SignInForm(props: {
  auth: AuthClient;
  waitingPrompt: string | undefined;
  headingId: string;
  onSignedIn: () => void;
  onClose: () => void;
}) {
  const [isNew, setNew] = createSignal(false);
  const [isSending, setSending] = createSignal(false);
  const [problem, setProblem] = createSignal<{ field: Field | undefined; text: string }>();
  const values: Record<Field, string> = { name: '', email: '', password: '' };
  const inputs = new Map<Field, HTMLInputElement>();

  const complain = (field: Field | undefined, text: string) => {
    setProblem({ field, text });
    if (field) inputs.get(field)?.focus();
  };
  const submit = async () => {
    if (isSending()) return;
    const { email, password, name } = { ...values, email: values.email.trim(), name: values.name.trim() };
    const required: Field[] = isNew() ? ['name', 'email', 'password'] : ['email', 'password'];
    const missing = required.find((field) => values[field].trim() === '');
    if (missing) return complain(missing, words.auth.problems.missing);
    if (isNew() && password.length < minPasswordLength)
      return complain('password', words.auth.problems.shortPassword);
    setProblem(undefined);
    setSending(true);
    const fault = await (isNew()
      ? props.auth.signUp({ name, email, password })
      : props.auth.signIn({ email, password }));
    setSending(false);
    if (fault) complain(problemFields[fault], words.auth.problems[fault]);
    else props.onSignedIn();
  };
  const field = (name: Field) => ({
    name,
    value: values[name],
    problem: problem()?.field === name ? problem()?.text : undefined,
    ref: (element: HTMLInputElement) => inputs.set(name, element),
    onInput: (value: string) => {
      values[name] = value;
    },
  });

  return (
    <form
      class="sign-in"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2 id={props.headingId}>
        {props.waitingPrompt
          ? words.auth.signInToDevelop
          : isNew()
            ? words.auth.signUpTitle
            : words.auth.signInTitle}
      </h2>
      <Show when={props.waitingPrompt}>
        <p class="hint">{words.auth.nothingLost}</p>
      </Show>
      <Show when={isNew()}>
        <TextField label={words.auth.name} autocomplete="name" {...field('name')} />
      </Show>
      <TextField label={words.auth.email} type="email" autocomplete="email" autofocus {...field('email')} />
      <TextField
        label={words.auth.password}
        type="password"
        hint={isNew() ? words.auth.passwordHint : undefined}
        autocomplete={isNew() ? 'new-password' : 'current-password'}
        {...field('password')}
      />
      <p class="problem" role="alert">
        <Show when={!problem()?.field}>{problem()?.text}</Show>
      </p>
      <Button kind="primary" type="submit" busy={isSending()}>
        {isSending() ? words.auth.sending : isNew() ? words.auth.submitSignUp : words.auth.submitSignIn}
      </Button>
      <Button
        onClick={() => {
          setProblem(undefined);
          setNew((before) => !before);
        }}
      >
        {isNew() ? words.auth.toSignIn : words.auth.toSignUp}
      </Button>
      <Button kind="quiet" onClick={() => props.onClose()}>
        {words.auth.keepEditing}
      </Button>
    </form>
  );
}
