import { Show } from 'solid-js';
import type { References } from '../generate/references/references.ts';
import { BottomSheet } from './lazy-parts.ts';
import { type FormProps, GenerateForm } from '../generate/generate-form.tsx';
import type { Draft } from '../generate/draft.ts';
import { EmptyFeed, FeedView } from '../feed/feed-view.tsx';
import { Guarded } from '../ui/guarded.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import type { Workspace } from './workspace.ts';

interface CreatePageProps {
  workspace: Workspace;
  draft: Draft;
  references: References;
  toasts: Toasts;
}

/** The Create page: the generate form, and the feed. */
export function CreatePage(props: CreatePageProps) {
  return (
    <div class="table">
      <FormPanel {...props} />
      <Feed workspace={props.workspace} toasts={props.toasts} />
    </div>
  );
}

/** The form next to the feed; on small screens a bottom sheet. */
function FormPanel(props: CreatePageProps) {
  const { form, session, models } = props.workspace;
  const formProps: FormProps = {
    draft: props.draft,
    submission: form.submission,
    history: form.promptHistory,
    references: props.references,
    models,
    fields: form.fields,
    toasts: props.toasts,
    get costCredits() {
      return form.cost();
    },
    get balanceCredits() {
      return form.balance();
    },
    get creditTerms() {
      return props.workspace.creditTerms();
    },
    get isSignedIn() {
      return session.isSignedIn();
    },
    get dragged() {
      return form.dropzone.dragged();
    },
    get pointedAt() {
      return form.dropzone.pointedAt();
    },
    get filesNotice() {
      return form.dropzone.notice();
    },
    onFiles: (files) => void form.dropzone.addFiles(files),
    onScene: form.dropzone.showScene,
    onReplacePrompt: form.prefill.prompt,
    onSubmit: form.submit,
  };

  return (
    <Show when={form.isCompact()} fallback={<GenerateForm {...formProps} id="generate-form" />}>
      <Guarded>
        <BottomSheet {...formProps} isOpen={form.isSheetOpen()} onOpen={form.setSheetOpen} />
      </Guarded>
    </Show>
  );
}

function Feed(props: { workspace: Workspace; toasts: Toasts }) {
  const { workspace } = props;
  return (
    <FeedView
      feed={workspace.feed}
      optimisticRequests={workspace.optimisticRequests()}
      isVisitor={workspace.session.isVisitor()}
      isLive={workspace.isLive()}
      notice={workspace.notice()}
      isLost={workspace.isLost}
      isAway={workspace.isAway()}
      favorites={workspace.favorites}
      toasts={props.toasts}
      onCancel={(task) => void workspace.actions.cancel(task)}
      onDelete={workspace.actions.remove}
      onRetry={(task) => void workspace.form.submission.retry(task)}
      onEdit={workspace.form.prefill.edit}
      onOtherModel={workspace.form.prefill.changeModel}
      onRemix={workspace.form.prefill.remix}
      onUse={workspace.form.dropzone.addImage}
      onRefresh={workspace.refreshTask}
      empty={
        <EmptyFeed
          model={workspace.form.submission.choice().model}
          freeCredits={
            workspace.session.viewer() === null ? workspace.creditTerms()?.signupCredits : undefined
          }
          onExample={workspace.form.prefill.prompt}
        />
      }
    />
  );
}
