import { Show } from 'solid-js';
import { BottomSheet } from './lazy-parts.ts';
import { type FormProps, GenerateForm } from '../generate/generate-form.tsx';
import { EmptyFeed, FeedView } from '../feed/feed-view.tsx';
import { Guarded } from '../ui/guarded.tsx';
import type { PageContext } from './pages.ts';

/** The Create page: the generate form, and the feed. */
export function CreatePage(props: PageContext) {
  return (
    <div class="table">
      <FormPanel {...props} />
      <Feed {...props} />
    </div>
  );
}

/** The form next to the feed; on small screens a bottom sheet. */
function FormPanel(props: PageContext) {
  const { form, session, models } = props.state;
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
      return props.state.creditTerms();
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

function Feed(props: PageContext) {
  const { state } = props;
  return (
    <FeedView
      feed={state.feed}
      optimisticRequests={state.optimisticRequests()}
      isVisitor={state.session.isVisitor()}
      isLive={state.isLive()}
      notice={state.notice()}
      isLost={state.isLost}
      isAway={state.isAway()}
      favorites={state.favorites}
      toasts={props.toasts}
      onCancel={(task) => void state.actions.cancel(task)}
      onDelete={state.actions.remove}
      onRetry={(task) => void state.form.submission.retry(task)}
      onEdit={state.form.prefill.edit}
      onOtherModel={state.form.prefill.changeModel}
      onRemix={state.form.prefill.remix}
      onUse={state.form.dropzone.addImage}
      onRefresh={state.refreshTask}
      empty={
        <EmptyFeed
          model={state.form.submission.choice().model}
          freeCredits={state.session.viewer() === null ? state.creditTerms()?.signupCredits : undefined}
          onExample={state.form.prefill.prompt}
        />
      }
    />
  );
}
