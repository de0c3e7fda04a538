/** What the sections for integrators share: requests that a dialog sends, and secrets that are shown once. */
import type { CombinedError } from '@urql/core';
import { createSignal, createUniqueId, For, type JSX, Match, onMount, Show, Switch } from 'solid-js';
import { refusalOf } from '../api/errors.ts';
import { loadErrorMessage } from '../api/load-error.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import { Dialog } from '../ui/dialog.tsx';
import { LoadFailure } from '../ui/load-failure.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import './integrations.css';

export interface Problem {
  /** The input at fault; undefined where it is none in particular. */
  field?: string | undefined;
  text: string;
}

/** A secret that is shown once, under its title. */
export interface NewSecret {
  title: string;
  secret: string;
}

/**
 * What the server refused, in the language of the page. `texts` has a text for each input, and `tooMany` for a refusal
 * that concerns none.
 */
export function problemOf(
  error: CombinedError | undefined,
  texts: Readonly<Record<string, string>> = {},
): Problem | undefined {
  const refusal = refusalOf(error);
  if (!refusal) return undefined;
  const field = refusal.field?.replace(/^input\./, '');
  const text = refusal.code === 'INVALID_INPUT' && texts[field ?? 'tooMany'];
  if (text) return { field, text };
  if (refusal.code === 'NOT_FOUND') return { text: lazyMessages.refusal.gone };
  if (refusal.code === 'NETWORK') return { text: lazyMessages.auth.problems.unreachable };
  return { text: loadErrorMessage(refusal, lazyMessages.auth.problems.unknown) };
}

interface RequestDialogProps {
  open: boolean;
  title: string;
  /** The text of the button that sends. */
  action: string;
  /** Sends the fields; closes the dialog where it resolves to no problem. */
  send: (fields: FormData) => Promise<Problem | undefined>;
  onClose: () => void;
  /** The content of the form; called with what is wrong with a field. */
  children: (problem: (field: string) => string | undefined) => JSX.Element;
}

/** Confirms a request, or takes its fields, which are empty again each time it opens. */
export function RequestDialog(props: RequestDialogProps) {
  const id = createUniqueId();
  return (
    <Dialog open={props.open} labelledBy={id} onClose={() => props.onClose()}>
      <RequestForm {...props} headingId={id} />
    </Dialog>
  );
}

function RequestForm(props: RequestDialogProps & { headingId: string }) {
  const [isSending, setSending] = createSignal(false);
  const [problem, setProblem] = createSignal<Problem>();
  const submit = async (form: HTMLFormElement) => {
    if (isSending()) return;
    setSending(true);
    setProblem(undefined);
    setProblem(await props.send(new FormData(form)));
    setSending(false);
    form.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  };
  return (
    <form
      class="request-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <h2 id={props.headingId}>{props.title}</h2>
      {props.children((field) => (problem()?.field === field ? problem()?.text : undefined))}
      <p class="problem" role="alert">
        {problem()?.field ? '' : problem()?.text}
      </p>
      <div class="request-actions">
        <Button onClick={() => props.onClose()}>{lazyMessages.app.cancel}</Button>
        <Button class="request-send" type="submit" busy={isSending()}>
          {props.action}
        </Button>
      </div>
    </form>
  );
}

/** Checkboxes that share a name and a question. */
export function CheckboxGroup(props: {
  legend: string;
  name: string;
  /** Label by value. */
  options: Readonly<Record<string, string>>;
  checked: readonly string[];
  problem: string | undefined;
}) {
  const id = createUniqueId();
  return (
    <fieldset class="checkbox-group" aria-describedby={props.problem && id}>
      <legend class="label">{props.legend}</legend>
      <For each={Object.entries(props.options)}>
        {([value, label]) => (
          <label class="check">
            <input
              type="checkbox"
              name={props.name}
              value={value}
              checked={props.checked.includes(value)}
              aria-invalid={props.problem ? true : undefined}
            />
            <span>{label}</span>
          </label>
        )}
      </For>
      <p class="problem" id={id}>
        {props.problem}
      </p>
    </fieldset>
  );
}

/** Takes the focus, so that its copying is one press away. */
function SecretNotice(props: {
  title: string;
  hint: string;
  secret: string;
  toasts: Toasts;
  onDone: () => void;
}) {
  const id = createUniqueId();
  let copyButton: HTMLButtonElement | undefined;
  onMount(() => copyButton?.focus());
  const copy = () =>
    copyText(
      props.secret,
      { copied: lazyMessages.account.secretCopied, failed: lazyMessages.account.secretNotCopied },
      props.toasts,
    );
  return (
    <div class="secret" role="group" aria-labelledby={`${id}-title`} aria-describedby={`${id}-hint`}>
      <p class="secret-title" id={`${id}-title`}>
        {props.title}
      </p>
      <p id={`${id}-hint`}>{props.hint}</p>
      <code class="secret-text">{props.secret}</code>
      <div class="secret-actions">
        <Button ref={(element) => (copyButton = element)} onClick={() => void copy()}>
          {lazyMessages.account.copySecret}
        </Button>
        <Button kind="quiet" onClick={() => props.onDone()}>
          {lazyMessages.account.secretDone}
        </Button>
      </div>
    </div>
  );
}

/** A list with its heading, and a button that opens the dialog for a new item. */
export function IntegrationSection(props: {
  texts: Readonly<Record<'title' | 'create' | 'loading' | 'failed' | 'shownOnce', string>>;
  status: 'loading' | 'failed' | 'ready';
  secret: NewSecret | undefined;
  toasts: Toasts;
  createButton: (element: HTMLButtonElement) => void;
  onCreate: () => void;
  onSecretDone: () => void;
  onRetry: () => void;
  children: JSX.Element;
}) {
  const id = createUniqueId();
  return (
    <section class="integrations" aria-labelledby={id}>
      <div class="integrations-head">
        <h2 id={id}>{props.texts.title}</h2>
        <Button opensDialog ref={props.createButton} onClick={() => props.onCreate()}>
          {props.texts.create}
        </Button>
      </div>
      <Show when={props.secret} keyed>
        {(shown) => (
          <SecretNotice
            {...shown}
            hint={props.texts.shownOnce}
            toasts={props.toasts}
            onDone={() => props.onSecretDone()}
          />
        )}
      </Show>
      <Switch fallback={props.children}>
        <Match when={props.status === 'loading'}>
          <p class="hint" role="status">
            {props.texts.loading}
          </p>
        </Match>
        <Match when={props.status === 'failed'}>
          <LoadFailure class="account-failed" text={props.texts.failed} onRetry={() => props.onRetry()} />
        </Match>
      </Switch>
    </section>
  );
}

/** A term and its value in a list of facts. */
export function Fact(props: { label: string; children: JSX.Element }) {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** An instant as text; `otherwise` where there is none. */
export function Instant(props: { at: string | null; otherwise?: string }) {
  return (
    <Show when={props.at} fallback={props.otherwise}>
      {(at) => <time datetime={at()}>{messages.format.instant(new Date(at()))}</time>}
    </Show>
  );
}
