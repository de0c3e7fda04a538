/** The page of one session: top bar, bench, feed, and what lies above them. */
import { createEffect, createMemo, lazy, Match, on, Show, Switch } from 'solid-js';
import type { AuthClient } from './auth/auth-client.ts';
import type { References } from './images/references.ts';
import { BenchForm, preloadBench } from './tasks/bench/bench-form.tsx';
import type { BenchProps } from './tasks/bench/bench-props.ts';
import type { Draft } from './tasks/compose/draft.ts';
import { EmptyFeed } from './tasks/feed/empty-feed.tsx';
import { FeedView } from './tasks/feed/feed-view.tsx';
import { afterPaint } from './ui/after-paint.ts';
import { LiveRegion } from './ui/announcer.tsx';
import { Guarded } from './ui/guarded.tsx';
import type { LanguageChoice } from './ui/language.ts';
import { LanguageButton } from './ui/language-button.tsx';
import type { Theme } from './ui/theme.ts';
import { TopBar } from './top-bar.tsx';
import type { Toasts } from './ui/toasts.tsx';
import { words } from './ui/words.ts';
import { createWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';

// Not needed for the first sight of the page; `preloadLater` brings them when the browser has time.
const SignInDialog = lazy(async () => ({
  default: (await import('./auth/sign-in-dialog.tsx')).SignInDialog,
}));
const HistoryPage = lazy(async () => ({
  default: (await import('./tasks/history/history-page.tsx')).HistoryPage,
}));
const AccountPage = lazy(async () => ({ default: (await import('./account/account-page.tsx')).AccountPage }));
const Dock = lazy(async () => {
  await afterPaint();
  return { default: (await import('./tasks/bench/dock.tsx')).Dock };
});

export function Page(
  props: WorkspaceOptions & {
    auth: AuthClient;
    theme: Theme;
    language: LanguageChoice;
    onSignOut: () => void;
  },
) {
  const workspace = createWorkspace(props);
  const { path } = workspace.router;
  const signOut = () => {
    workspace.actions.flush();
    props.onSignOut();
  };
  // The page that was in focus is gone; who reads by ear goes on at the start of the new one.
  createEffect(on(path, () => focusMain(), { defer: true }));
  const onLanguageFailed = () => props.toasts.show({ text: words.app.partFailed, kind: 'error' });
  const wasSignInOpen = createMemo((was: boolean) => was || workspace.isSignInOpen(), false);
  return (
    <>
      <Show when={path() === '/'}>
        <a
          class="skip"
          href="#bench"
          onClick={(event) => {
            event.preventDefault();
            workspace.bench.focus('prompt');
          }}
        >
          {words.app.skip}
        </a>
      </Show>
      <TopBar
        workspace={workspace}
        theme={props.theme}
        language={props.language}
        onLanguageFailed={onLanguageFailed}
        onSignOut={signOut}
      />
      <Switch fallback={<NoPage />}>
        <Match when={path() === '/'}>
          <div class="table">
            <Bench
              workspace={workspace}
              draft={props.draft}
              references={props.references}
              toasts={props.toasts}
            />
            <Feed workspace={workspace} toasts={props.toasts} />
          </div>
        </Match>
        <Match when={path() === '/history'}>
          <Guarded>
            <HistoryPage
              client={props.api.client}
              router={workspace.router}
              feed={workspace.feed}
              marks={workspace.marks}
              models={workspace.models.all()}
              viewerId={workspace.session.viewerId}
              isVisitor={workspace.session.viewer() === null}
              changes={workspace.changes}
              toasts={props.toasts}
              onRefresh={workspace.refreshTask}
              onUse={workspace.bench.intake.addImage}
              onRemix={workspace.bench.refill.remix}
              onDelete={workspace.actions.remove}
              onSignIn={workspace.openSignIn}
            />
          </Guarded>
        </Match>
        <Match when={path() === '/account'}>
          <Guarded>
            <AccountPage
              client={props.api.client}
              viewer={workspace.session.viewer()}
              theme={props.theme}
              language={props.language}
              notifications={props.notifications}
              onLanguageFailed={onLanguageFailed}
              onSignIn={workspace.openSignIn}
              onSignOut={signOut}
            />
          </Guarded>
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
            waiting={workspace.bench.waiting()}
            onSignedIn={workspace.signedIn}
            onClose={workspace.closeSignIn}
          />
        </Show>
      </Guarded>
      <LiveRegion text={workspace.announcer.text()} />
    </>
  );
}

/** In the page beside the feed; on small screens a dock at its foot. */
function Bench(props: { workspace: Workspace; draft: Draft; references: References; toasts: Toasts }) {
  const { workspace } = props;
  const benchProps: BenchProps = {
    draft: props.draft,
    composer: workspace.bench.composer,
    history: workspace.bench.promptHistory,
    references: props.references,
    models: workspace.models,
    fields: workspace.bench.fields,
    toasts: props.toasts,
    get costCredits() {
      return workspace.bench.cost();
    },
    get balanceCredits() {
      return workspace.bench.balance();
    },
    get isSignedIn() {
      return workspace.session.isSignedIn();
    },
    get dragged() {
      return workspace.bench.intake.dragged();
    },
    get pointedAt() {
      return workspace.bench.intake.pointedAt();
    },
    get filesNotice() {
      return workspace.bench.intake.notice();
    },
    onFiles: (files) => void workspace.bench.intake.addFiles(files),
    onScene: workspace.bench.intake.showScene,
    onSubmit: workspace.bench.submit,
  };

  return (
    <Show when={workspace.bench.isCompact()} fallback={<BenchForm {...benchProps} id="bench" />}>
      <Guarded>
        <Dock {...benchProps} isOpen={workspace.bench.isSheetOpen()} onOpen={workspace.bench.setSheetOpen} />
      </Guarded>
    </Show>
  );
}

function Feed(props: { workspace: Workspace; toasts: Toasts }) {
  const { workspace } = props;
  return (
    <FeedView
      feed={workspace.feed}
      outgoing={workspace.awaited()}
      isSignedIn={workspace.session.isSignedIn()}
      isLive={workspace.isLive()}
      notice={workspace.notice()}
      isLost={workspace.isLost}
      marks={workspace.marks}
      toasts={props.toasts}
      onCancel={(task) => void workspace.actions.cancel(task)}
      onDelete={workspace.actions.remove}
      onRetry={(task) => void workspace.bench.composer.retry(task)}
      onEdit={workspace.bench.refill.edit}
      onOtherModel={workspace.bench.refill.changeModel}
      onRemix={workspace.bench.refill.remix}
      onUse={workspace.bench.intake.addImage}
      onRefresh={workspace.refreshTask}
      empty={
        <EmptyFeed
          model={workspace.bench.composer.choice().model}
          onExample={workspace.bench.refill.prompt}
        />
      }
    />
  );
}

function NoPage() {
  return (
    <main class="sheet" tabIndex={-1}>
      <h1>{words.pages.none}</h1>
      <a class="button" href="/" data-route>
        {words.pages.create}
      </a>
    </main>
  );
}

/** Waits for a page whose code is still on its way, not for ever. */
function focusMain(attempts = 60): void {
  requestAnimationFrame(() => {
    // Something on the new page may have been given the focus already.
    if (document.activeElement?.closest('main, .table, dialog')) return;
    const main = document.querySelector('main');
    if (main) main.focus({ preventScroll: true });
    else if (attempts > 0) focusMain(attempts - 1);
  });
}

/** Fetches the parts that are not needed at first, once everything that is has come, each when there is time. */
export function preloadLater(): void {
  const parts: (() => Promise<unknown>)[] = [
    preloadBench,
    ...[SignInDialog, HistoryPage, AccountPage, Dock].map((part) => () => part.preload()),
  ];
  const loadNext = async () => {
    await Promise.allSettled(parts.splice(0, 1).map((load) => load()));
    if (parts.length > 0) loadWhenIdle();
  };
  const loadWhenIdle = () =>
    'requestIdleCallback' in window
      ? requestIdleCallback(() => void loadNext())
      : setTimeout(() => void loadNext(), 500);
  if (document.readyState === 'complete') loadWhenIdle();
  else addEventListener('load', loadWhenIdle, { once: true });
}
