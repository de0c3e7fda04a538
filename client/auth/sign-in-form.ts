/** The state of the sign-in form: its fields, what is wrong with them, and its submission. */
import { createSignal } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import type { AuthClient, AuthProblem } from './auth-client.ts';
import { rememberAccount } from './known-account.ts';

const minPasswordLength = 8;

/** The code of the invitation whose link opened the page. */
export function inviteOf({ search }: Location): string | undefined {
  return new URLSearchParams(search).get('invite') ?? undefined;
}

type Field = 'name' | 'email' | 'password';

/** The field of a problem, if it concerns one. */
const problemFields: Partial<Readonly<Record<AuthProblem, Field>>> = {
  badName: 'name',
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
export interface SentMail {
  kind: 'resetPassword' | 'verifyEmail';
  email: string;
}

/**
 * @param props.onSignedIn Called when the server has created a session. Resolves to whether the browser took its cookie;
 *   undefined if unknown.
 */
export function createSignInForm(props: {
  auth: AuthClient;
  onSignedIn: () => Promise<boolean | undefined>;
  /** What it does first. */
  first: Mode;
}) {
  const [mode, setMode] = createSignal<Mode>(props.first);
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
    if (mode() === 'signUp') return props.auth.signUp({ name, email, password, invite: inviteOf(location) });
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
    else if (isTaken) rememberAccount();
    else showProblem(undefined, lazyMessages.auth.cookiesRefused(location.host));
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
    /** Leaves the page for a provider, which leads back to it. */
    async leaveFor(provider: string) {
      if (isSending()) return;
      setProblem(undefined);
      setSending(true);
      const { problem, body } = await props.auth.request('/sign-in/social', {
        provider,
        callbackURL: location.pathname,
        errorCallbackURL: '/sign-in-failed',
        additionalData: { invite: inviteOf(location) },
      });
      setSending(false);
      if (problem) return showProblem(undefined, texts[problem]);
      rememberAccount();
      location.assign(String(body['url']));
    },
    switchTo(next: Mode) {
      setProblem(undefined);
      setSentMail(undefined);
      setMode(next);
      // The button that was pressed is gone.
      inputs.get('email')?.focus();
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
