/** The page of one session: top bar, the page of the route, dialogs. */
import { createEffect, createMemo, Match, on, Show, Switch } from 'solid-js';
import type { AuthClient } from '../auth/auth-client.ts';
import { CreatePage } from './create-page.tsx';
import { PageFailure, SignInDialog } from './lazy-parts.ts';
import { LiveRegion } from '../ui/live-text.tsx';
import { lazyPages, type PageContext } from './pages.ts';
import { Guarded } from '../ui/guarded.tsx';
import type { LanguageChoice } from '../i18n/language.ts';
import { LanguageButton, TopBar } from './top-bar.tsx';
import type { Theme } from '../ui/theme.ts';
import { messages } from '../i18n/messages.ts';
import { createWorkspace, type WorkspaceOptions } from './workspace.ts';

export function Page(
  props: WorkspaceOptions & {
    auth: AuthClient;
    theme: Theme;
    language: LanguageChoice;
    /** Which chunks of the first render are due. */
    hasTopBar: boolean;
    hasContent: boolean;
    onSignOut: () => void;
  },
) {
  const workspace = createWorkspace(props);
  const { path } = workspace.router;
  const isCreatePage = () => path() === '/';
  const signOut = () => {
    workspace.actions.flush();
    props.onSignOut();
  };
  // The focused element is gone with the last page; screen readers continue at the start of the new one.
  createEffect(on(path, () => focusMain(), { defer: true }));
  const onLanguageFailed = () => props.toasts.show({ text: messages.app.partFailed, kind: 'error' });
  const context: PageContext = { ...props, workspace, onLanguageFailed, onSignOut: signOut };
  const wasSignInOpen = createMemo((was: boolean) => was || workspace.isSignInOpen(), false);
  return (
    <>
      <Show when={isCreatePage()}>
        <a
          class="skip"
          href="#generate-form"
          onClick={(event) => {
            event.preventDefault();
            workspace.form.focus('prompt');
          }}
        >
          {messages.app.skip}
        </a>
      </Show>
      <Show when={props.hasTopBar}>
        <TopBar
          workspace={workspace}
          theme={props.theme}
          language={props.language}
          onLanguageFailed={onLanguageFailed}
          onSignOut={signOut}
        />
      </Show>
      <Show when={props.hasContent}>
        <Guarded>
          <Show when={workspace.session.failure()}>
            {(refusal) => <PageFailure refusal={refusal()} onRetry={() => workspace.reload()} />}
          </Show>
        </Guarded>
        <Switch fallback={<NoPage />}>
          <Match when={isCreatePage()}>
            <CreatePage
              workspace={workspace}
              draft={props.draft}
              references={props.references}
              toasts={props.toasts}
            />
          </Match>
          <Match when={lazyPages[path()]?.view} keyed>
            {(view) => <Guarded>{view(context)}</Guarded>}
          </Match>
        </Switch>
        <footer class="page-foot">
          <LanguageButton language={props.language} onFailed={onLanguageFailed} isNamed />
        </footer>
        <Guarded>
          <Show when={wasSignInOpen()}>
            <SignInDialog
              open={workspace.isSignInOpen()}
              auth={props.auth}
              waiting={workspace.form.waiting()}
              freeCredits={workspace.creditTerms()?.signupCredits}
              onSignedIn={workspace.signedIn}
              onClose={workspace.closeSignIn}
            />
          </Show>
        </Guarded>
      </Show>
      <LiveRegion text={workspace.announcer.text()} />
    </>
  );
}

function NoPage() {
  return (
    <main class="sheet" tabIndex={-1}>
      <h1>{messages.pages.none}</h1>
      <a class="button" href="/" data-route>
        {messages.pages.create}
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
