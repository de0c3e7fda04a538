import { createEffect, createSignal, createUniqueId, For, onMount, Show, untrack } from 'solid-js';
import { createStoreQuery } from '../api/client.ts';
import { graphql } from '../api/generated/gql.ts';
import type { SignInOptionsQuery } from '../api/generated/graphql.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/text-field.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { AuthClient } from './auth-client.ts';
import { hasKnownAccount } from './known-account.ts';
import { createSignInForm, inviteOf, type SentMail } from './sign-in-form.ts';

const SignInOptionsDocument = graphql(`
  query SignInOptions {
    signInOptions {
      signUps
      providers {
        id
        name
      }
    }
  }
`);

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

function SignInForm(props: SignInDialogProps & { headingId: string }) {
  // Who has written a request first, with no account known here, needs one.
  const first = untrack(() => props.waiting) && !hasKnownAccount() ? 'signUp' : 'signIn';
  const form = createSignInForm({ auth: props.auth, onSignedIn: () => props.onSignedIn(), first });
  const [result] = createStoreQuery({ query: SignInOptionsDocument });
  createEffect(() => {
    const { signUps } = result.data?.signInOptions ?? {};
    const isClosed = signUps === 'CLOSED' || (signUps === 'INVITE' && !inviteOf(location));
    if (isClosed && untrack(form.isNew)) form.switchTo('signIn');
  });
  return (
    <Show
      when={form.sentMail()}
      keyed
      fallback={<Fields {...props} form={form} options={result.data?.signInOptions} />}
    >
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

function Fields(
  props: SignInDialogProps & {
    headingId: string;
    form: ReturnType<typeof createSignInForm>;
    /** Undefined until loaded. */ options: SignInOptionsQuery['signInOptions'] | undefined;
  },
) {
  const { form } = props;
  const { mode, isNew, field } = form;
  const texts = lazyMessages.auth;
  const heading = () => {
    if (mode() === 'forgotPassword') return texts.forgotPassword;
    if (props.waiting) return isNew() ? texts.signUpToDevelop : texts.signInToDevelop;
    return isNew() ? texts.signUpTitle : messages.auth.signIn;
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
        <TextField label={texts.name} autocomplete="name" autofocus {...field('name')} />
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
      <Show when={mode() !== 'forgotPassword'}>
        <For each={props.options?.providers}>
          {({ id, name }) => (
            <Button onClick={() => void form.leaveFor(id)}>{texts.withProvider(name)}</Button>
          )}
        </For>
      </Show>
      <Show when={mode() !== 'signIn'}>
        <Button onClick={() => form.switchTo('signIn')}>{texts.toSignIn}</Button>
      </Show>
      <Show when={mode() === 'signIn' && props.options?.signUps !== 'CLOSED'}>
        <Show
          when={props.options?.signUps !== 'INVITE' || inviteOf(location)}
          fallback={<p class="hint">{texts.needsInvite}</p>}
        >
          <Button onClick={() => form.switchTo('signUp')}>{texts.toSignUp}</Button>
        </Show>
      </Show>
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
  let heading: HTMLHeadingElement | undefined;
  // The form that had the focus is gone.
  onMount(() => heading?.focus());
  const sendAgain = async () => {
    setOutcome(texts.sending);
    const { problem } = await props.auth.request('/send-verification-email', { email: props.email });
    setOutcome(problem ? texts.problems[problem] : texts.sentAgain);
  };
  return (
    <div class="sign-in">
      <h2 id={props.headingId} ref={heading} tabindex="-1">
        {texts.checkMail}
      </h2>
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
