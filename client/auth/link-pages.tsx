/** The pages to which the link to a new password and the redirects of providers lead. */
import { createSignal, Match, Switch } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/text-field.tsx';
import { type AuthProblem, problemOfCode } from './auth-client.ts';
import { EndAccessChoice, endAccessParameter } from './end-access.tsx';
import { LinkForm, LinkPage, type LinkPageProps } from './link-page.tsx';

/** Replaces a forgotten password, with the token of the link. */
export function ResetPasswordPage(props: LinkPageProps) {
  const texts = lazyMessages.auth;
  const [problem, setProblem] = createSignal<AuthProblem>();
  const [isSending, setSending] = createSignal(false);
  const [isDone, setDone] = createSignal(false);
  let input: HTMLInputElement | undefined;
  let choice: HTMLInputElement | undefined;
  const token = props.router.parameter('token');
  const submit = async () => {
    if (isSending() || !input) return;
    setSending(true);
    const newPassword = input.value;
    const isShort = newPassword.length < 8;
    const fault = isShort
      ? 'shortPassword'
      : (
          await props.auth.request(`/reset-password${endAccessParameter(choice?.checked)}`, {
            token,
            newPassword,
          })
        ).problem;
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
          <LinkForm onSubmit={submit}>
            <TextField
              label={texts.newPassword}
              type="password"
              hint={texts.passwordHint}
              autocomplete="new-password"
              autofocus
              ref={(element) => (input = element)}
              problem={problem() && texts.problems[problem()!]}
            />
            <EndAccessChoice ref={(element) => (choice = element)} />
            <Button kind="primary" type="submit" busy={isSending()}>
              {isSending() ? texts.sending : texts.savePassword}
            </Button>
          </LinkForm>
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
