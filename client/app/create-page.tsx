import { Show } from 'solid-js';
import { GenerateForm } from '../generate/generate-form.tsx';
import { EmptyFeed, FeedView } from '../feed/feed-view.tsx';
import { Guarded } from '../ui/load-failure.tsx';
import { lazyAfterPaint } from './lazy-after-paint.ts';
import type { PageContext } from './pages.ts';

export const BottomSheet = lazyAfterPaint(() => import('../generate/bottom-sheet.tsx'), 'BottomSheet');
const FirstVisit = lazyAfterPaint(() => import('../feed/first-visit.tsx'), 'FirstVisit');

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
  const { form, creditTerms, feed } = props.state;
  return (
    <Show
      when={form.isCompact()}
      fallback={<GenerateForm form={form} creditTerms={creditTerms()} id="generate-form" />}
    >
      <Guarded>
        <BottomSheet form={form} creditTerms={creditTerms()} feed={feed} />
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
      actions={state.actions}
      onRetry={state.form.prefill.retry}
      onEdit={state.form.prefill.edit}
      onOtherModel={state.form.prefill.changeModel}
      onRemix={state.form.prefill.remix}
      onUse={state.form.dropzone.addImage}
      repeats={state.form.repeats}
      onRefresh={state.refreshTask}
      empty={
        <EmptyFeed model={state.form.submission.choice().model} onExample={state.form.prefill.prompt}>
          <FirstVisit
            form={state.form}
            freeCredits={state.session.viewer() === null ? state.creditTerms()?.signupCredits : undefined}
          />
        </EmptyFeed>
      }
    />
  );
}
