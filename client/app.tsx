/** The page: what outlives a session (the draft, its files, the notices), and within it the workspace of one session. */
import { Provider } from '@urql/solid';
import { createMemo, createSignal, ErrorBoundary, type JSX, lazy, onCleanup, Show, Suspense } from 'solid-js';
import type { Api } from './api/client.ts';
import { Account } from './auth/account.tsx';
import type { AuthClient } from './auth/auth-client.ts';
import { Balance } from './credits/balance.tsx';
import { createReferences, type References } from './images/references.ts';
import type { UploadImageFile } from './images/upload/upload-request.ts';
import { BenchForm, type BenchProps } from './tasks/bench/bench-form.tsx';
import { createDraft, type Draft } from './tasks/compose/draft.ts';
import { EmptyFeed } from './tasks/feed/empty-feed.tsx';
import { FeedView } from './tasks/feed/feed-view.tsx';
import { LiveRegion } from './ui/announcer.tsx';
import { Button } from './ui/button.tsx';
import { Icon } from './ui/icons.tsx';
import type { Theme } from './ui/theme.ts';
import { createToasts, ToastRegion } from './ui/toasts.tsx';
import { words } from './ui/words.ts';
import { createWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';

// Not needed for the first sight of the page; `preloadLater` brings them when the browser has time.
const SignInDialog = lazy(async () => ({
  default: (await import('./auth/sign-in-dialog.tsx')).SignInDialog,
}));
const Dock = lazy(async () => ({ default: (await import('./tasks/bench/dock.tsx')).Dock }));

export interface AppProps {
  auth: AuthClient;
  createApi: (onUnauthenticated: () => void) => Api;
  upload: UploadImageFile;
  storage: Storage | undefined;
  theme: Theme;
}

export function App(props: AppProps) {
  const [isSignedIn, setSignedIn] = createSignal(false);
  const [unauthenticatedCount, setUnauthenticatedCount] = createSignal(0);
  const onUnauthenticated = () => setUnauthenticatedCount((count) => count + 1);
  const [api, setApi] = createSignal(props.createApi(onUnauthenticated));
  const draft = createDraft(props.storage);
  const references = createReferences({ upload: props.upload, canUpload: isSignedIn, onUnauthenticated });
  const toasts = createToasts();
  onCleanup(() => api().dispose());

  /** What one person saw must not be found by the next, so everything that came from the API goes. */
  const signOut = async () => {
    if (await props.auth.signOut()) {
      toasts.show({ text: words.auth.signOutFailed, kind: 'error' });
      return;
    }
    const before = api();
    setSignedIn(false);
    references.startOver();
    setApi(props.createApi(onUnauthenticated));
    before.dispose();
    // The button that was pressed is gone, and focus must not fall to the page.
    document.getElementById('feed')?.focus({ preventScroll: true });
  };

  return (
    <>
      <Show when={api()} keyed>
        {(current) => (
          <Provider value={current.client}>
            <Page
              api={current}
              auth={props.auth}
              draft={draft}
              references={references}
              toasts={toasts}
              theme={props.theme}
              unauthenticatedCount={unauthenticatedCount}
              onSignedIn={setSignedIn}
              onSignOut={() => void signOut()}
            />
          </Provider>
        )}
      </Show>
      <ToastRegion toasts={toasts} />
    </>
  );
}

function Page(props: WorkspaceOptions & { auth: AuthClient; theme: Theme; onSignOut: () => void }) {
  const workspace = createWorkspace(props);
  const wasSignInOpen = createMemo((was: boolean) => was || workspace.isSignInOpen(), false);
  return (
    <>
      <a
        class="skip"
        href="#bench"
        onClick={(event) => {
          event.preventDefault();
          workspace.focusPrompt();
        }}
      >
        {words.app.skip}
      </a>
      <TopBar workspace={workspace} theme={props.theme} onSignOut={props.onSignOut} />
      <div class="table">
        <Bench workspace={workspace} draft={props.draft} references={props.references} />
        <Feed workspace={workspace} />
      </div>
      <Later>
        <Show when={wasSignInOpen()}>
          <SignInDialog
            open={workspace.isSignInOpen()}
            auth={props.auth}
            waitingPrompt={workspace.composer.isWaitingForSignIn() ? props.draft.content.prompt : undefined}
            onSignedIn={workspace.signedIn}
            onClose={workspace.closeSignIn}
          />
        </Show>
      </Later>
      <LiveRegion text={workspace.announcer.text()} />
    </>
  );
}

/** A part whose code comes later. Where it does not come, a newer version has usually replaced it: only a reload helps. */
function Later(props: { children: JSX.Element }) {
  return (
    <ErrorBoundary
      fallback={
        <p class="later-failed" role="alert">
          {words.app.partFailed} <Button onClick={() => location.reload()}>{words.app.reload}</Button>
        </p>
      }
    >
      <Suspense>{props.children}</Suspense>
    </ErrorBoundary>
  );
}

function TopBar(props: { workspace: Workspace; theme: Theme; onSignOut: () => void }) {
  const viewer = () => props.workspace.session.viewer();
  return (
    <header class="top film">
      <a class="mark" href="/" aria-label={words.app.home}>
        <span class="mark-arrow" aria-hidden="true" />
        <span class="mark-name">{words.app.name}</span>
      </a>
      <div class="top-end">
        <Show when={viewer()}>{(known) => <Balance credits={known().credits} />}</Show>
        <Button
          kind="icon"
          class="theme-toggle"
          label={words.app.switchTheme}
          onClick={() => props.theme.toggle()}
        >
          <Icon name="theme" />
        </Button>
        <Account viewer={viewer()} onSignIn={props.workspace.openSignIn} onSignOut={props.onSignOut} />
      </div>
    </header>
  );
}

/** In the page beside the feed; on small screens a dock at its foot. */
function Bench(props: { workspace: Workspace; draft: Draft; references: References }) {
  const { workspace } = props;
  const benchProps: BenchProps = {
    draft: props.draft,
    composer: workspace.composer,
    references: props.references,
    models: workspace.models,
    fields: workspace.fields,
    get costCredits() {
      return workspace.cost();
    },
    get balanceCredits() {
      return workspace.balance();
    },
    get isSignedIn() {
      return workspace.session.isSignedIn();
    },
    get isDragging() {
      return workspace.intake.isDragging();
    },
    get filesNotice() {
      return workspace.intake.notice();
    },
    onFiles: (files) => void workspace.intake.addFiles(files),
    onScene: workspace.intake.showScene,
    onSubmit: workspace.submit,
  };

  return (
    <Show when={workspace.isCompact()} fallback={<BenchForm {...benchProps} id="bench" />}>
      <Later>
        <Dock {...benchProps} isOpen={workspace.isSheetOpen()} onOpen={workspace.setSheetOpen} />
      </Later>
    </Show>
  );
}

function Feed(props: { workspace: Workspace }) {
  const { workspace } = props;
  return (
    <FeedView
      feed={workspace.feed}
      outgoing={workspace.composer.outgoing()}
      isSignedIn={workspace.session.isSignedIn()}
      isLive={workspace.isLive()}
      notice={workspace.notice()}
      isLost={workspace.live.isLost}
      onCancel={(task) => void workspace.actions.cancel(task)}
      onDelete={workspace.actions.remove}
      onRetry={(task) => void workspace.composer.retry(task)}
      onEdit={workspace.editTask}
      onUse={workspace.intake.addImage}
      onRefresh={(task) => workspace.live.refresh(task.id)}
      empty={<EmptyFeed model={workspace.composer.choice().model} onExample={workspace.fillPrompt} />}
    />
  );
}

/** Fetches the parts that are not needed at first. */
export function preloadLater(): void {
  const load = () => void Promise.allSettled([SignInDialog.preload(), Dock.preload()]);
  if ('requestIdleCallback' in window) requestIdleCallback(load);
  else setTimeout(load, 2000);
}
