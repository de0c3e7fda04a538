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

/** What the form does. */
type Mode = 'signIn' | 'signUp' | 'forgotPassword';

const requiredFields: Readonly<Record<Mode, readonly Field[]>> = {
  signIn: ['email', 'password'],
  signUp: ['name', 'email', 'password'],
  forgotPassword: ['email'],
};

/** A mail that is on its way to an address. */
interface SentMail {
  kind: 'resetPassword' | 'verifyEmail';
  email: string;
}

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
  const [mode, setMode] = createSignal<Mode>('signIn');
  const [isSending, setSending] = createSignal(false);
  const [problem, setProblem] = createSignal<{ field: Field | undefined; text: string }>();
  const [sentMail, setSentMail] = createSignal<SentMail>();
  const values: Record<Field, string> = { name: '', email: '', password: '' };
  const inputs = new Map<Field, HTMLInputElement>();
  const texts = lazyMessages.auth.problems;

  const showProblem = (field: Field | undefined, text: string) => {
    setProblem({ field, text });
    if (field) inputs.get(field)?.focus();
  };
  const send = async (): Promise<AuthProblem | undefined> => {
    const { email, password, name } = { ...values, email: values.email.trim(), name: values.name.trim() };
    if (mode() === 'signUp') return props.auth.signUp({ name, email, password });
    if (mode() === 'signIn') return props.auth.signIn({ email, password });
    const { problem } = await props.auth.request('/request-password-reset', { email });
    if (!problem) setSentMail({ kind: 'resetPassword', email });
    return problem;
  };
  const submit = async () => {
    if (isSending()) return;
    const missing = requiredFields[mode()].find((field) => values[field].trim() === '');
    if (missing) return showProblem(missing, texts.missing);
    if (mode() === 'signUp' && values.password.length < minPasswordLength)
      return showProblem('password', texts.shortPassword);
    setProblem(undefined);
    setSending(true);
    const fault = await send();
    const isTaken = fault || sentMail() ? undefined : await props.onSignedIn();
    if (fault === 'unverified') setSentMail({ kind: 'verifyEmail', email: values.email.trim() });
    else if (fault) showProblem(problemFields[fault], texts[fault]);
    else if (sentMail()) setSending(false);
    else if (isTaken === undefined) showProblem(undefined, texts.unreachable);
    else if (!isTaken) showProblem(undefined, lazyMessages.auth.cookiesRefused(location.host));
    setSending(false);
  };

  return {
    mode,
    isNew: () => mode() === 'signUp',
    isSending,
    sentMail,
    /** What is wrong with no field in particular. */
    problem: () => (problem()?.field ? undefined : problem()?.text),
    submit,
    switchTo(next: Mode) {
      setProblem(undefined);
      setSentMail(undefined);
      setMode(next);
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
  return (
    <Show when={form.sentMail()} keyed fallback={<Fields {...props} form={form} />}>
      {(sent) => (
        <SentMailNotice
          {...sent}
          headingId={props.headingId}
          auth={props.auth}
          onBack={() => form.switchTo('signIn')}
        />
      )}
    </Show>
  );
}

function Fields(props: SignInDialogProps & { headingId: string; form: ReturnType<typeof createSignInForm> }) {
  const { form } = props;
  const { mode, isNew, field } = form;
  const texts = lazyMessages.auth;
  const heading = () => {
    if (mode() === 'forgotPassword') return texts.forgotPassword;
    return props.waiting ? texts.signInToDevelop : isNew() ? texts.signUpTitle : messages.auth.signIn;
  };
  const action = () =>
    isNew() ? texts.submitSignUp : mode() === 'signIn' ? messages.auth.signIn : texts.sendLink;
  return (
    <form
      class="sign-in"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit();
      }}
    >
      <h2 id={props.headingId}>{heading()}</h2>
      <Show
        when={mode() === 'forgotPassword'}
        fallback={
          <>
            <Show when={props.waiting}>
              <p class="hint">{texts.nothingLost}</p>
            </Show>
            <Show when={props.freeCredits}>
              {(credits) => <p class="hint">{messages.cost.free(credits())}</p>}
            </Show>
          </>
        }
      >
        <p class="hint">{texts.forgotPasswordHint}</p>
      </Show>
      <Show when={isNew()}>
        <TextField label={texts.name} autocomplete="name" {...field('name')} />
      </Show>
      <TextField label={texts.email} type="email" autocomplete="email" autofocus {...field('email')} />
      <Show when={mode() !== 'forgotPassword'}>
        <TextField
          label={texts.password}
          type="password"
          hint={isNew() ? texts.passwordHint : undefined}
          autocomplete={isNew() ? 'new-password' : 'current-password'}
          {...field('password')}
        />
      </Show>
      <p class="problem" role="alert">
        {form.problem()}
      </p>
      <Button kind="primary" type="submit" busy={form.isSending()}>
        {form.isSending() ? texts.sending : action()}
      </Button>
      <Button onClick={() => form.switchTo(mode() === 'signIn' ? 'signUp' : 'signIn')}>
        {mode() === 'signIn' ? texts.toSignUp : texts.toSignIn}
      </Button>
      <Show when={mode() === 'signIn'}>
        <Button kind="quiet" onClick={() => form.switchTo('forgotPassword')}>
          {texts.forgotPassword}
        </Button>
      </Show>
      <Button kind="quiet" onClick={() => props.onClose()}>
        {texts.keepEditing}
      </Button>
    </form>
  );
}

/** Says that a mail is on its way; the one that confirms an address can be sent again. */
function SentMailNotice(props: SentMail & { headingId: string; auth: AuthClient; onBack: () => void }) {
  const texts = lazyMessages.auth;
  const [outcome, setOutcome] = createSignal('');
  const sendAgain = async () => {
    setOutcome(texts.sending);
    const { problem } = await props.auth.request('/send-verification-email', { email: props.email });
    setOutcome(problem ? texts.problems[problem] : texts.sentAgain);
  };
  return (
    <div class="sign-in">
      <h2 id={props.headingId}>{texts.checkMail}</h2>
      <p>
        {props.kind === 'resetPassword'
          ? texts.resetMailSent(props.email)
          : texts.verifyMailSent(props.email)}
      </p>
      <p class="hint" role="status">
        {outcome()}
      </p>
      <Show when={props.kind === 'verifyEmail'}>
        <Button onClick={() => void sendAgain()}>{texts.sendAgain}</Button>
      </Show>
      <Button kind="primary" onClick={() => props.onBack()}>
        {texts.backToSignIn}
      </Button>
    </div>
  );
}
