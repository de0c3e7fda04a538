/** The page of one session: top bar, the page of the route, dialogs. */
import { createEffect, createMemo, Match, on, Show, Switch } from 'solid-js';
import { runWhenIdle } from './boot/schedule.ts';
import { BottomSheet, CreatePage } from './create-page.tsx';
import { lazyPages, type PageContext, pageName, type PageProps } from './pages.ts';
import { Guarded } from '../ui/load-failure.tsx';
import { AccountMenu, LanguageButton, TopBar } from './top-bar.tsx';
import { preloadForm } from '../generate/generate-form.tsx';
import { messages } from '../i18n/messages.ts';
import { lazyComponent } from '../ui/lazy-component.ts';
import { lazyAfterPaint } from './lazy-after-paint.ts';
import { createPageState, type PageState } from './page-state.ts';

const PageFailure = lazyComponent(() => import('./page-failure.tsx'), 'PageFailure');
const SignInDialog = lazyComponent(() => import('../auth/sign-in-dialog.tsx'), 'SignInDialog');
const Offline = lazyAfterPaint(() => import('../offline/offline.tsx'), 'Offline');

/** Preloads the lazy parts one by one, each when the browser is idle. */
export function preloadLazyParts(): void {
  const parts = [PageFailure, SignInDialog, ...Object.values(lazyPages), AccountMenu, BottomSheet];
  runWhenIdle([preloadForm, ...parts.map((part) => () => part.preload())]);
}

export function Page(props: PageProps) {
  const state = createPageState(props);
  const { path } = state.router;
  const context: PageContext = {
    ...props,
    state,
    language: {
      ...props.language,
      async choose(language) {
        const isShown = await props.language.choose(language);
        if (!isShown) props.toasts.show({ text: messages.app.partFailed, kind: 'error' });
        return isShown;
      },
    },
    onSignOut() {
      state.actions()?.flush();
      props.onSignOut();
    },
  };
  // The focused element is gone with the last page; screen readers continue at the start of the new one.
  createEffect(on(path, () => focusMain(), { defer: true }));
  return (
    <>
      <Show when={path() === '/'}>
        <SkipLink onFollow={() => state.form.focus('prompt')} />
      </Show>
      <Show when={props.dueChunks > 1}>
        <TopBar {...context} />
      </Show>
      <Show when={props.dueChunks > 2}>
        <Guarded>
          <Show when={state.session.failure()}>
            {(refusal) => <PageFailure refusal={refusal()} onRetry={() => state.reload()} />}
          </Show>
        </Guarded>
        <Switch fallback={<NoPage />}>
          <Match when={path() === '/'}>
            <CreatePage {...context} />
          </Match>
          <Match when={lazyPages[path()]?.view} keyed>
            {(view) => <Guarded>{view(context)}</Guarded>}
          </Match>
        </Switch>
        <footer class="page-foot">
          <LanguageButton language={context.language} isNamed />
        </footer>
        <SignIn state={state} auth={props.auth} />
        <Guarded>
          <Offline {...state} path={path()} />
        </Guarded>
      </Show>
      <p class="visually-hidden" aria-live="polite">
        {state.announcer.text()}
      </p>
    </>
  );
}

/** Leads past the top bar to the form. */
function SkipLink(props: { onFollow: () => void }) {
  return (
    <a
      class="skip"
      href="#generate-form"
      onClick={(event) => {
        event.preventDefault();
        props.onFollow();
      }}
    >
      {messages.app.skip}
    </a>
  );
}

/** The sign-in dialog, loaded when it is first opened. */
function SignIn(props: { state: PageState; auth: PageProps['auth'] }) {
  const { state } = props;
  const wasOpen = createMemo((was: boolean) => was || state.isSignInOpen(), false);
  return (
    <Guarded>
      <Show when={wasOpen()}>
        <SignInDialog
          open={state.isSignInOpen()}
          auth={props.auth}
          waiting={state.form.waiting()}
          freeCredits={state.creditTerms()?.signupCredits}
          onSignedIn={state.signedIn}
          onClose={state.closeSignIn}
        />
      </Show>
    </Guarded>
  );
}

function NoPage() {
  return (
    <main class="sheet" tabIndex={-1}>
      <h1>{messages.pages.none}</h1>
      <a class="button" href="/" data-route>
        {pageName('/')}
      </a>
    </main>
  );
}

/** Waits for a page that is still loading, for a limited number of frames. */
function focusMain(attempts = 60): void {
  requestAnimationFrame(() => {
    // Something on the new page may have been given the focus already.
    if (document.activeElement?.closest('main, .table, dialog')) return;
    const main = document.querySelector('main');
    if (main) main.focus({ preventScroll: true });
    else if (attempts > 0) focusMain(attempts - 1);
  });
}
