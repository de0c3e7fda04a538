import { createSignal, createUniqueId, For, Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { AuthClient, AuthProblem } from './auth-client.ts';

const minPasswordLength = 8;

type Field = 'name' | 'email' | 'password';

/** The field of a problem, if it concerns one. */
const problemFields: Partial<Readonly<Record<AuthProblem, Field>>> = {
  badEmail: 'email',
  emailTaken: 'email',
  shortPassword: 'password',
  longPassword: 'password',
};

/** The request that is sent after the sign-in. */
interface WaitingRequest {
  prompt: string;
  /** The codes of its images. */
  imageCodes: readonly string[];
}

interface SignInDialogProps {
  open: boolean;
  auth: AuthClient;
  /** The request that waits for the sign-in; undefined where nothing waits. */
  waiting: WaitingRequest | undefined;
  /** What a new account gets; undefined where that is not known. */
  freeCredits: number | undefined;
  /**
   * Called when the server has created a session. Resolves to whether the browser took its cookie; undefined if
   * unknown.
   */
  onSignedIn: () => Promise<boolean | undefined>;
  onClose: () => void;
}

/** Sign-in or sign-up. The form behind the dialog keeps its content. */
export function SignInDialog(props: SignInDialogProps) {
  const headingId = createUniqueId();
  return (
    <Dialog open={props.open} labelledBy={headingId} onClose={() => props.onClose()}>
      <Show when={props.waiting}>{(waiting) => <WaitingRequestPreview {...waiting()} />}</Show>
      <SignInForm {...props} headingId={headingId} />
    </Dialog>
  );
}

/** A preview of the task card, still dark. */
function WaitingRequestPreview(props: WaitingRequest) {
  return (
    <div class="sign-in-preview film" aria-hidden="true">
      <p class="sign-in-prompt">
        <span class="code">{props.imageCodes[0]}</span>
        <span class="sign-in-text" dir="auto">
          {props.prompt}
        </span>
      </p>
      <div class="sign-in-images">
        <For each={props.imageCodes}>{(code) => <span class="sign-in-image code">{code}</span>}</For>
      </div>
    </div>
  );
}

/** The fields of the form, what is wrong with them, and its submission. */
function createSignInForm(props: SignInDialogProps) {
  const [isNew, setNew] = createSignal(false);
  const [isSending, setSending] = createSignal(false);
  const [problem, setProblem] = createSignal<{ field: Field | undefined; text: string }>();
  const values: Record<Field, string> = { name: '', email: '', password: '' };
  const inputs = new Map<Field, HTMLInputElement>();
  const texts = lazyMessages.auth.problems;

  const showProblem = (field: Field | undefined, text: string) => {
    setProblem({ field, text });
    if (field) inputs.get(field)?.focus();
  };
  const submit = async () => {
    if (isSending()) return;
    const { email, password, name } = { ...values, email: values.email.trim(), name: values.name.trim() };
    const required: Field[] = isNew() ? ['name', 'email', 'password'] : ['email', 'password'];
    const missing = required.find((field) => values[field].trim() === '');
    if (missing) return showProblem(missing, texts.missing);
    if (isNew() && password.length < minPasswordLength) return showProblem('password', texts.shortPassword);
    setProblem(undefined);
    setSending(true);
    const fault = await (isNew()
      ? props.auth.signUp({ name, email, password })
      : props.auth.signIn({ email, password }));
    const isTaken = fault ? undefined : await props.onSignedIn();
    if (fault) showProblem(problemFields[fault], texts[fault]);
    else if (isTaken === undefined) showProblem(undefined, texts.unreachable);
    else if (!isTaken) showProblem(undefined, lazyMessages.auth.cookiesRefused(location.host));
    setSending(false);
  };

  return {
    isNew,
    isSending,
    /** What is wrong with no field in particular. */
    problem: () => (problem()?.field ? undefined : problem()?.text),
    submit,
    switch() {
      setProblem(undefined);
      setNew((before) => !before);
    },
    /** The props of a text field. */
    field: (name: Field) => ({
      name,
      value: values[name],
      problem: problem()?.field === name ? problem()?.text : undefined,
      ref: (element: HTMLInputElement) => inputs.set(name, element),
      onInput: (value: string) => {
        values[name] = value;
      },
    }),
  };
}

function SignInForm(props: SignInDialogProps & { headingId: string }) {
  const form = createSignInForm(props);
  const { isNew, field } = form;
  const texts = lazyMessages.auth;
  return (
    <form
      class="sign-in"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit();
      }}
    >
      <h2 id={props.headingId}>
        {props.waiting ? texts.signInToDevelop : isNew() ? texts.signUpTitle : messages.auth.signIn}
      </h2>
      <Show when={props.waiting}>
        <p class="hint">{texts.nothingLost}</p>
      </Show>
      <Show when={props.freeCredits}>{(credits) => <p class="hint">{messages.cost.free(credits())}</p>}</Show>
      <Show when={isNew()}>
        <TextField label={texts.name} autocomplete="name" {...field('name')} />
      </Show>
      <TextField label={texts.email} type="email" autocomplete="email" autofocus {...field('email')} />
      <TextField
        label={texts.password}
        type="password"
        hint={isNew() ? texts.passwordHint : undefined}
        autocomplete={isNew() ? 'new-password' : 'current-password'}
        {...field('password')}
      />
      <p class="problem" role="alert">
        {form.problem()}
      </p>
      <Button kind="primary" type="submit" busy={form.isSending()}>
        {form.isSending() ? texts.sending : isNew() ? texts.submitSignUp : messages.auth.signIn}
      </Button>
      <Button onClick={form.switch}>{isNew() ? texts.toSignIn : texts.toSignUp}</Button>
      <Button kind="quiet" onClick={() => props.onClose()}>
        {texts.keepEditing}
      </Button>
    </form>
  );
}
