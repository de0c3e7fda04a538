import { Show } from 'solid-js';
import type { References } from '../generate/references/references.ts';
import { Dock } from './boot/lazy-parts.ts';
import { BenchForm } from '../generate/generate-form.tsx';
import type { BenchProps } from '../generate/form-props.ts';
import type { Draft } from '../generate/draft.ts';
import { EmptyFeed } from '../feed/empty-feed.tsx';
import { FeedView } from '../feed/feed-view.tsx';
import { Guarded } from '../ui/guarded.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import type { Workspace } from './workspace.ts';

interface CreatePageProps {
  workspace: Workspace;
  draft: Draft;
  references: References;
  toasts: Toasts;
}

/** Where requests are made: the bench, and the feed of what came of them. */
export function CreatePage(props: CreatePageProps) {
  return (
    <div class="table">
      <Bench {...props} />
      <Feed workspace={props.workspace} toasts={props.toasts} />
    </div>
  );
}

/** In the page beside the feed; on small screens a dock at its foot. */
function Bench(props: CreatePageProps) {
  const { bench, session, models } = props.workspace;
  const benchProps: BenchProps = {
    draft: props.draft,
    composer: bench.composer,
    history: bench.promptHistory,
    references: props.references,
    models,
    fields: bench.fields,
    toasts: props.toasts,
    get costCredits() {
      return bench.cost();
    },
    get balanceCredits() {
      return bench.balance();
    },
    get creditTerms() {
      return props.workspace.creditTerms();
    },
    get isSignedIn() {
      return session.isSignedIn();
    },
    get dragged() {
      return bench.intake.dragged();
    },
    get pointedAt() {
      return bench.intake.pointedAt();
    },
    get filesNotice() {
      return bench.intake.notice();
    },
    onFiles: (files) => void bench.intake.addFiles(files),
    onScene: bench.intake.showScene,
    onReplacePrompt: bench.refill.prompt,
    onSubmit: bench.submit,
  };

  return (
    <Show when={bench.isCompact()} fallback={<BenchForm {...benchProps} id="bench" />}>
      <Guarded>
        <Dock {...benchProps} isOpen={bench.isSheetOpen()} onOpen={bench.setSheetOpen} />
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
      isVisitor={workspace.session.isVisitor()}
      isLive={workspace.isLive()}
      notice={workspace.notice()}
      isLost={workspace.isLost}
      isAway={workspace.isAway()}
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
          freeCredits={
            workspace.session.viewer() === null ? workspace.creditTerms()?.signupCredits : undefined
          }
          onExample={workspace.bench.refill.prompt}
        />
      }
    />
  );
}
