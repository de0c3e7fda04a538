/** The page of one session: top bar, bench, feed, and what lies above them. */
import { createMemo, lazy, Show } from 'solid-js';
import { Account } from './auth/account.tsx';
import type { AuthClient } from './auth/auth-client.ts';
import { Balance } from './credits/balance.tsx';
import type { References } from './images/references.ts';
import { BenchForm, type BenchProps } from './tasks/bench/bench-form.tsx';
import type { Draft } from './tasks/compose/draft.ts';
import { EmptyFeed } from './tasks/feed/empty-feed.tsx';
import { FeedView } from './tasks/feed/feed-view.tsx';
import { LiveRegion } from './ui/announcer.tsx';
import { Button } from './ui/button.tsx';
import { Guarded } from './ui/guarded.tsx';
import { Icon } from './ui/icons.tsx';
import type { Theme } from './ui/theme.ts';
import { words } from './ui/words.ts';
import { createWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts';

// Not needed for the first sight of the page; `preloadLater` brings them when the browser has time.
const SignInDialog = lazy(async () => ({
  default: (await import('./auth/sign-in-dialog.tsx')).SignInDialog,
}));
const Dock = lazy(async () => ({ default: (await import('./tasks/bench/dock.tsx')).Dock }));

export function Page(props: WorkspaceOptions & { auth: AuthClient; theme: Theme; onSignOut: () => void }) {
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
      <TopBar
        workspace={workspace}
        theme={props.theme}
        onSignOut={() => {
          workspace.actions.flush();
          props.onSignOut();
        }}
      />
      <div class="table">
        <Bench workspace={workspace} draft={props.draft} references={props.references} />
        <Feed workspace={workspace} />
      </div>
      <Guarded>
        <Show when={wasSignInOpen()}>
          <SignInDialog
            open={workspace.isSignInOpen()}
            auth={props.auth}
            waitingPrompt={workspace.composer.isWaitingForSignIn() ? props.draft.content.prompt : undefined}
            onSignedIn={workspace.signedIn}
            onClose={workspace.closeSignIn}
          />
        </Show>
      </Guarded>
      <LiveRegion text={workspace.announcer.text()} />
    </>
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
      <Guarded>
        <Dock {...benchProps} isOpen={workspace.isSheetOpen()} onOpen={workspace.setSheetOpen} />
      </Guarded>
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
