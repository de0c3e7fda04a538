/** The pages to which the links of mails and the redirects of providers lead. */
import { createSignal, createUniqueId, type JSX, Match, onMount, Show, Switch } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import type { Router } from '../ui/router.ts';
import { TextField } from '../ui/text-field.tsx';
import { type AuthClient, type AuthProblem, problemOfCode } from './auth-client.ts';
import './link-pages.css';

interface LinkPageProps {
  heading: string;
  auth: AuthClient;
  router: Router;
  /** Called when the server has created a session. */
  onSignedIn: () => Promise<unknown>;
  onSignIn: () => void;
}

/** Replaces a forgotten password, with the token of the link. */
export function ResetPasswordPage(props: LinkPageProps) {
  const texts = lazyMessages.auth;
  const [problem, setProblem] = createSignal<AuthProblem>();
  const [isSending, setSending] = createSignal(false);
  const [isDone, setDone] = createSignal(false);
  let input: HTMLInputElement | undefined;
  const token = props.router.parameter('token');
  const submit = async () => {
    if (isSending() || !input) return;
    setSending(true);
    const newPassword = input.value;
    const isShort = newPassword.length < 8;
    const fault = isShort
      ? 'shortPassword'
      : (await props.auth.request('/reset-password', { token, newPassword })).problem;
    setSending(false);
    setProblem(fault);
    if (fault) return input.focus();
    setDone(true);
    props.router.change({ token: undefined });
  };
  const isUnusable = () => token === undefined || problem() === 'badLink';
  return (
    <LinkPage heading={props.heading}>
      <Switch
        fallback={
          <form
            class="link-form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
          >
            <TextField
              label={texts.newPassword}
              type="password"
              hint={texts.passwordHint}
              autocomplete="new-password"
              autofocus
              ref={(element) => (input = element)}
              problem={problem() && texts.problems[problem()!]}
            />
            <Button kind="primary" type="submit" busy={isSending()}>
              {isSending() ? texts.sending : texts.savePassword}
            </Button>
          </form>
        }
      >
        <Match when={isDone()}>
          <p role="status">{texts.passwordSaved}</p>
          <Button kind="primary" onClick={() => props.onSignIn()}>
            {messages.auth.signIn}
          </Button>
        </Match>
        <Match when={isUnusable()}>
          <p role="alert">{texts.problems.badLink}</p>
          <Button onClick={() => props.onSignIn()}>{messages.auth.signIn}</Button>
        </Match>
      </Switch>
    </LinkPage>
  );
}

/** Confirms an email address, with the token of the link. */
export function VerifyEmailPage(props: LinkPageProps) {
  const texts = lazyMessages.auth;
  const [result, setResult] = createSignal<AuthProblem | 'verified'>();
  const token = props.router.parameter('token') ?? '';
  onMount(async () => {
    const { problem } = await props.auth.request(`/verify-email?token=${encodeURIComponent(token)}`);
    if (!problem) await props.onSignedIn();
    // The account was not found by the address of the link: it has another one by now.
    setResult(problem === 'wrongPassword' ? 'badLink' : (problem ?? 'verified'));
    if (!problem) props.router.change({ token: undefined });
  });
  return (
    <LinkPage heading={props.heading}>
      <Show when={result()} fallback={<p role="status">{texts.sending}</p>}>
        {(shown) => {
          const fault = () => (shown() === 'verified' ? undefined : (shown() as AuthProblem));
          return (
            <>
              <p role={fault() ? 'alert' : 'status'}>
                {fault() ? texts.problems[fault()!] : texts.emailVerified}
              </p>
              <a class="button" href={fault() ? '/account' : '/'} data-route>
                {fault() ? texts.toAccount : texts.toStart}
              </a>
            </>
          );
        }}
      </Show>
    </LinkPage>
  );
}

/** Says why the sign-in with a provider failed. */
export function SignInFailedPage(props: LinkPageProps) {
  const problem = problemOfCode(props.router.parameter('error'));
  return (
    <LinkPage heading={props.heading}>
      <p role="alert">{lazyMessages.auth.problems[problem]}</p>
      <Button onClick={() => props.onSignIn()}>{messages.auth.signIn}</Button>
    </LinkPage>
  );
}

function LinkPage(props: { heading: string; children: JSX.Element }) {
  const id = createUniqueId();
  return (
    <main class="sheet" tabIndex={-1} aria-labelledby={id}>
      <h1 id={id}>{props.heading}</h1>
      <div class="link-page">{props.children}</div>
    </main>
  );
}
