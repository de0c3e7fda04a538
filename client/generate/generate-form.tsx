import { createUniqueId, type JSX, Show, Suspense } from 'solid-js';
import type { Scene } from '../api/generated/graphql.ts';
import type { CreditTerms } from '../account/credit-terms.ts';
import type { FormStateOptions } from './form-state.ts';
import type { PromptHistory } from './prompt-history.ts';
import { referenceProblem } from './references/references.ts';
import type { Submission } from './submission.ts';
import { ModelOptions, preloadMoreOptions } from './options/model-options.tsx';
import { ModelPicker } from './options/model-picker.tsx';
import { PromptField } from './prompt-field.tsx';
import { type Dragged, referenceLimit } from './dropzone.ts';
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

export interface FormProps extends Pick<FormStateOptions, 'draft' | 'models' | 'references' | 'toasts'> {
  history: PromptHistory;
  submission: Submission;
  costCredits: number | undefined;
  balanceCredits: number | undefined;
  /** Undefined where they are not known. */
  creditTerms: CreditTerms | undefined;
  isSignedIn: boolean;
  dragged: Dragged;
  filesNotice: string | undefined;
  /** References that were added a second time. */
  pointedAt: ReadonlySet<string>;
  onFiles: (files: File[]) => void;
  onScene: (scene: Scene) => void;
  onReplacePrompt: (prompt: string) => void;
  /** Submits, and focuses the field that is at fault. */
  onSubmit: () => void;
  /** The control of each field, for the focus. */
  fields: Map<ProblemField, HTMLElement>;
}

/** The generate form: scene, prompt, references, model, options, cost. */
export function GenerateForm(props: FormProps & { id?: string }): JSX.Element {
  const panelId = createUniqueId();
  const { content, change } = props.draft;
  const { problemAt } = props.submission;
  const keep = (field: ProblemField) => (element: HTMLElement) => props.fields.set(field, element);

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
        <SceneTabs {...props} panelId={panelId} />
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
          <FormReferences {...props} />
          <ModelPicker
            {...props}
            scene={content.scene}
            choice={props.submission.choice()}
            onChoose={(modelId) => change({ modelId })}
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

function FormReferences(props: FormProps) {
  const notices = () => {
    const own = new Set(props.references.items.map(referenceProblem));
    const texts = [props.filesNotice, props.submission.problemAt('references')];
    return texts.filter((text) => text !== undefined).filter((text) => !own.has(text));
  };
  return (
    <Show when={props.draft.content.scene === 'IMAGE_TO_IMAGE'}>
      <Suspense fallback={<div class="references-wait" />}>
        <ReferenceImages
          {...props}
          limit={referenceLimit(props.submission.choice())}
          isDragging={props.dragged !== undefined}
          notices={notices()}
          ref={(element: HTMLElement) => props.fields.set('references', element)}
        />
      </Suspense>
    </Show>
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

/** The scene's tabs; they rule the panel with this id. */
export function SceneTabs(props: Pick<FormProps, 'draft' | 'onScene'> & { panelId: string }) {
  return (
    <Tabs
      label={messages.form.scenes}
      tabs={[
        { value: 'TEXT_TO_IMAGE', label: messages.form.textToImage },
        { value: 'IMAGE_TO_IMAGE', label: messages.form.imageToImage },
      ]}
      value={props.draft.content.scene}
      panelId={props.panelId}
      onChange={props.onScene}
    />
  );
}
