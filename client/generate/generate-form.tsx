import { createUniqueId, type JSX, Show, Suspense } from 'solid-js';
import type { CreditTerms } from '../account/credit-terms.ts';
import type { FormState } from './form-state.ts';
import { referenceProblem } from './references/references.ts';
import { ModelOptions, MoreOptions } from './options/model-options.tsx';
import { ModelPicker } from './options/model-picker.tsx';
import { PromptField } from './prompt-field.tsx';
import { referenceLimit } from './dropzone.ts';
import type { ProblemField } from './problems.ts';
import { CostOffer, ErrorReportActions, SubmitRow } from './submit-row.tsx';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { lazyComponent } from '../ui/lazy-component.ts';
import { tabId, Tabs } from '../ui/tabs.tsx';

// Text to image does not need it.
const ReferenceImages = lazyComponent(() => import('./references/reference-images.tsx'), 'ReferenceImages');

const ParentNote = lazyComponent(() => import('./parent-note.tsx'), 'ParentNote');

/** Preloads what the form may need next, so that it works without a connection. */
export function preloadForm(): Promise<unknown> {
  return Promise.allSettled([
    ReferenceImages.preload(),
    ParentNote.preload(),
    CostOffer.preload(),
    ErrorReportActions.preload(),
    MoreOptions.preload(),
    import('./repeats.ts'),
    import('./several-models.tsx'),
    import('./references/check-file.ts'),
    import('../ui/unexpected-errors.ts'),
    import('./references/upload.ts'),
  ]);
}

export interface FormProps {
  form: FormState;
  /** Undefined where they are not known. */
  creditTerms: CreditTerms | undefined;
}

/** The generate form: scene, prompt, references, model, options, cost. */
export function GenerateForm(props: FormProps & { id?: string }): JSX.Element {
  const { form } = props;
  const { content, change } = form.draft;
  const { choice, options, problemAt } = form.submission;
  const keep = (field: ProblemField) => (element: HTMLElement) => form.fields.set(field, element);

  return (
    <form
      class="generate-form"
      id={props.id}
      aria-label={messages.form.label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <div class="generate-form-scroll">
        <ScenePanel form={form} class="generate-form-panel">
          <PromptField
            value={content.prompt}
            problem={problemAt('prompt')}
            history={form.promptHistory}
            userId={form.userId()}
            ref={keep('prompt')}
            onChange={(prompt) => change({ prompt })}
            onReplace={form.prefill.prompt}
          />
          <Show when={content.parentId}>
            <Suspense>
              <ParentNote code={form.parentCode()} onRemove={() => change({ parentId: '' })} />
            </Suspense>
          </Show>
          <FormReferences form={form} />
          <ModelPicker
            models={form.models}
            scene={content.scene}
            choice={choice()}
            onChoose={(modelId) => change({ modelId })}
            onScene={form.dropzone.showScene}
            ref={keep('model')}
          />
          <Show when={choice().model}>
            <Show
              when={form.several()}
              fallback={
                <Button kind="quiet" class="several-open" onClick={form.openSeveral}>
                  {messages.models.several}
                </Button>
              }
            >
              {(several) => several().view()}
            </Show>
          </Show>
          <Show when={choice().model}>
            {(model) => (
              <ModelOptions
                model={model()}
                wanted={content}
                accepted={options()!}
                problemAt={problemAt}
                onChange={change}
                fieldRef={keep}
              />
            )}
          </Show>
        </ScenePanel>
      </div>
      <DropSign form={form} />
      <SubmitRow {...props} problem={problemAt('send') ?? problemAt('model')} />
    </form>
  );
}

function FormReferences(props: Pick<FormProps, 'form'>) {
  const { references, submission, dropzone, fields, draft, isSignedIn } = props.form;
  const notices = () => {
    const own = new Set(references.items.map(referenceProblem));
    const texts = [dropzone.notice(), submission.problemAt('references')];
    return texts.filter((text) => text !== undefined).filter((text) => !own.has(text));
  };
  return (
    <Show when={draft.content.scene === 'IMAGE_TO_IMAGE'}>
      <Suspense fallback={<div class="references-wait" />}>
        <ReferenceImages
          references={references}
          limit={referenceLimit(submission.choice())}
          isSignedIn={isSignedIn()}
          isDragging={dropzone.dragged() !== undefined}
          pointedAt={dropzone.pointedAt()}
          notices={notices()}
          onFiles={(files) => void dropzone.addFiles(files)}
          ref={(element: HTMLElement) => fields.set('references', element)}
        />
      </Suspense>
    </Show>
  );
}

/** Marks the drop target: the whole page for files, the form for images of the feed. */
export function DropSign(props: Pick<FormProps, 'form'>) {
  return (
    <Show when={props.form.dropzone.dragged()}>
      {(kind) => (
        <div class={`drop-sign drop-sign-${kind()}`} aria-hidden="true">
          <p>{messages.form.dropFiles}</p>
        </div>
      )}
    </Show>
  );
}

/** The scene's tabs, and the panel that they rule. */
export function ScenePanel(props: Pick<FormProps, 'form'> & { class?: string; children: JSX.Element }) {
  const panelId = createUniqueId();
  const scene = () => props.form.draft.content.scene;
  return (
    <>
      <Tabs
        label={messages.form.scenes}
        tabs={[
          { value: 'TEXT_TO_IMAGE', label: messages.form.textToImage },
          { value: 'IMAGE_TO_IMAGE', label: messages.form.imageToImage },
        ]}
        value={scene()}
        panelId={panelId}
        onChange={props.form.dropzone.showScene}
      />
      <div class={props.class} role="tabpanel" id={panelId} aria-labelledby={tabId(panelId, scene())}>
        {props.children}
      </div>
    </>
  );
}
