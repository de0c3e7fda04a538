import { createUniqueId, type JSX, Show, Suspense } from 'solid-js';
import type { FormProps } from './form-props.ts';
import { ModelOptions, preloadMoreOptions } from './options/model-options.tsx';
import { ModelPicker } from './options/model-picker.tsx';
import { PromptField } from './prompt-field.tsx';
import { type Dragged, referenceLimit } from './dropzone.ts';
import { referenceProblem } from './references/reference-problem.ts';
import type { ProblemField } from './problems.ts';
import { SubmitRow, preloadSubmitRow } from './submit-row.tsx';
import { messages } from '../i18n/messages.ts';
import { lazyComponent } from '../ui/lazy-component.ts';
import { tabId, Tabs } from '../ui/tabs.tsx';

// Text to image does not need it.
const ReferenceImages = lazyComponent(() => import('./references/reference-images.tsx'), 'ReferenceImages');

/** Preloads what the form may need next, so that it works without a connection. */
export function preloadForm(): Promise<unknown> {
  return Promise.allSettled([
    ReferenceImages.preload(),
    preloadSubmitRow(),
    preloadMoreOptions(),
    import('./prefill.ts'),
    import('./references/check-file.ts'),
    import('../ui/unexpected-errors.ts'),
    import('./references/upload.ts'),
  ]);
}

/** The generate form: scene, prompt, references, model, options, cost. */
export function GenerateForm(props: FormProps & { id?: string }): JSX.Element {
  const panelId = createUniqueId();
  const { content, change } = props.draft;
  const problemAt = (field: ProblemField) => {
    const problem = props.submission.problem();
    return problem?.field === field ? problem.text : undefined;
  };
  const keep = (field: ProblemField) => (element: HTMLElement) => props.fields.set(field, element);
  const referenceNotices = () => {
    const own = new Set(props.references.items.map(referenceProblem));
    const notices = [props.filesNotice, problemAt('references')].filter((text) => text !== undefined);
    return notices.filter((text) => !own.has(text));
  };

  return (
    <form
      class="generate-form"
      id={props.id}
      aria-label={messages.form.label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <div class="generate-form-scroll">
        <SceneTabs draft={props.draft} panelId={panelId} onScene={props.onScene} />
        <div
          class="generate-form-panel"
          role="tabpanel"
          id={panelId}
          aria-labelledby={tabId(panelId, content.scene)}
        >
          <PromptField
            value={content.prompt}
            problem={problemAt('prompt')}
            history={props.history}
            ref={keep('prompt')}
            onChange={(prompt) => change({ prompt })}
            onReplace={props.onReplacePrompt}
          />
          <Show when={content.scene === 'IMAGE_TO_IMAGE'}>
            <Suspense fallback={<div class="references-wait" />}>
              <ReferenceImages
                references={props.references}
                limit={referenceLimit(props.submission.choice())}
                isSignedIn={props.isSignedIn}
                isDragging={props.dragged !== undefined}
                pointedAt={props.pointedAt}
                notices={referenceNotices()}
                onFiles={props.onFiles}
                ref={keep('references')}
              />
            </Suspense>
          </Show>
          <ModelPicker
            models={props.models}
            scene={content.scene}
            choice={props.submission.choice()}
            onChoose={(modelId) => change({ modelId })}
            onOtherScene={() =>
              props.onScene(content.scene === 'TEXT_TO_IMAGE' ? 'IMAGE_TO_IMAGE' : 'TEXT_TO_IMAGE')
            }
            ref={keep('model')}
          />
          <Show when={props.submission.choice().model}>
            {(model) => (
              <ModelOptions
                model={model()}
                wanted={content}
                accepted={props.submission.options()!}
                problemAt={problemAt}
                onChange={change}
                fieldRef={keep}
              />
            )}
          </Show>
        </div>
      </div>
      <DropSign dragged={props.dragged} />
      <SubmitRow {...props} problem={problemAt('send') ?? problemAt('model')} />
    </form>
  );
}

/** Marks the drop target: the whole page for files, the form for images of the feed. */
export function DropSign(props: { dragged: Dragged }) {
  return (
    <Show when={props.dragged}>
      {(kind) => (
        <div class={`drop-sign drop-sign-${kind()}`} aria-hidden="true">
          <p>{messages.form.dropFiles}</p>
        </div>
      )}
    </Show>
  );
}

function scenes() {
  return [
    { value: 'TEXT_TO_IMAGE', label: messages.form.textToImage },
    { value: 'IMAGE_TO_IMAGE', label: messages.form.imageToImage },
  ] as const;
}

/** The scene's tabs; they rule the panel with this id. */
export function SceneTabs(props: Pick<FormProps, 'draft' | 'onScene'> & { panelId: string }) {
  return (
    <Tabs
      label={messages.form.scenes}
      tabs={scenes()}
      value={props.draft.content.scene}
      panelId={props.panelId}
      onChange={(scene) => props.onScene(scene)}
    />
  );
}
