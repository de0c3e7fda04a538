import { createSignal, Match, onMount, Switch } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { AuthProblem } from './auth-client.ts';
import { LinkForm, LinkPage, type LinkPageProps } from './link-page.tsx';

/** Confirms an email address, with the token of the link: in a session of the account, or with its password. */
export function VerifyEmailPage(props: LinkPageProps) {
  const texts = lazyMessages.auth;
  const [result, setResult] = createSignal<AuthProblem | 'verified' | 'resetMailSent'>();
  const token = props.router.parameter('token') ?? '';
  const email = emailOf(token);
  const finish = async (problem: AuthProblem | undefined) => {
    if (!problem) await props.onSignedIn();
    // The account was not found by the address of the link: it has another one by now.
    setResult(problem === 'wrongPassword' ? 'badLink' : (problem ?? 'verified'));
    if (!problem) props.router.change({ token: undefined });
  };
  onMount(async () =>
    finish((await props.auth.request(`/verify-email?token=${encodeURIComponent(token)}`)).problem),
  );
  const sendResetMail = async () => {
    const { problem } = await props.auth.request('/request-password-reset', { email });
    setResult(problem ?? 'resetMailSent');
  };
  const problem = () => {
    const shown = result();
    return shown === 'verified' || shown === 'resetMailSent' ? undefined : shown;
  };
  return (
    <LinkPage heading={props.heading}>
      <Switch fallback={<p role="status">{texts.sending}</p>}>
        <Match when={result() === 'verified'}>
          <p role="status">{texts.emailVerified}</p>
          <a class="button" href="/" data-route>
            {texts.toStart}
          </a>
        </Match>
        <Match when={result() === 'resetMailSent'}>
          <p role="status">{texts.resetMailSent(email)}</p>
        </Match>
        <Match when={result() === 'passwordRequired'}>
          <PasswordForm
            email={email}
            confirm={(password) => props.auth.signIn({ email, password, confirmation: token })}
            onConfirmed={() => finish(undefined)}
            onForgotten={() => void sendResetMail()}
          />
        </Match>
        <Match when={problem()}>
          {(fault) => (
            <>
              <p role="alert">{texts.problems[fault()]}</p>
              <a class="button" href="/account" data-route>
                {texts.toAccount}
              </a>
            </>
          )}
        </Match>
      </Switch>
    </LinkPage>
  );
}

interface PasswordFormProps {
  email: string;
  confirm: (password: string) => Promise<AuthProblem | undefined>;
  onConfirmed: () => Promise<void>;
  onForgotten: () => void;
}

function PasswordForm(props: PasswordFormProps) {
  const texts = lazyMessages.auth;
  const [problem, setProblem] = createSignal<string>();
  const [isSending, setSending] = createSignal(false);
  let input: HTMLInputElement | undefined;
  const submit = async () => {
    if (isSending() || !input) return;
    setSending(true);
    const fault = input.value === '' ? 'missing' : await props.confirm(input.value);
    setSending(false);
    if (!fault) return props.onConfirmed();
    setProblem(fault === 'wrongPassword' ? lazyMessages.profile.wrongPassword : texts.problems[fault]);
    input.focus();
  };
  return (
    <LinkForm onSubmit={submit}>
      <p>{texts.confirmWithPassword(props.email)}</p>
      <TextField
        label={texts.password}
        type="password"
        autocomplete="current-password"
        autofocus
        ref={(element) => (input = element)}
        problem={problem()}
      />
      <Button kind="primary" type="submit" busy={isSending()}>
        {isSending() ? texts.sending : texts.confirmAddress}
      </Button>
      <p class="hint">{texts.notMyAccount}</p>
      <Button onClick={() => props.onForgotten()}>{texts.choosePassword}</Button>
    </LinkForm>
  );
}

/** The address in the payload of the token, which the server verifies; empty where there is none. */
function emailOf(token: string): string {
  try {
    const payload = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const { email } = JSON.parse(payload) as { email?: unknown };
    return typeof email === 'string' ? email : '';
  } catch {
    return '';
  }
}
