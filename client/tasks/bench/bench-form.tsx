import { createUniqueId, type JSX, Show } from 'solid-js';
import type { Scene } from '../../api/generated/graphql.ts';
import { CostLine } from '../../credits/cost-line.tsx';
import { ReferenceImages } from '../../images/reference-images.tsx';
import type { References } from '../../images/references.ts';
import { ModelOptions } from '../../models/model-options.tsx';
import { ModelPicker } from '../../models/model-picker.tsx';
import type { Models } from '../../models/models.ts';
import { Button } from '../../ui/button.tsx';
import { tabId, Tabs } from '../../ui/tabs.tsx';
import { words } from '../../ui/words.ts';
import type { Composer } from '../compose/composer.ts';
import type { Draft } from '../compose/draft.ts';
import { type ProblemField, referenceProblem } from '../compose/problems.ts';
import { referenceLimit } from '../compose/reference-intake.ts';
import { PromptField } from './prompt-field.tsx';

/** What the bench, the dock and the sheet are made of. */
export interface BenchProps {
  draft: Draft;
  composer: Composer;
  references: References;
  models: Models;
  costCredits: number | undefined;
  balanceCredits: number | undefined;
  isSignedIn: boolean;
  isDragging: boolean;
  /** What was said about the last files: too many, or there already. */
  filesNotice: string | undefined;
  onFiles: (files: File[]) => void;
  onScene: (scene: Scene) => void;
  /** Sends, and moves the focus to what is missing. */
  onSubmit: () => void;
  /** The control of each field, for the focus. */
  fields: Map<ProblemField, HTMLElement>;
}

const scenes = [
  { value: 'TEXT_TO_IMAGE', label: words.bench.textToImage },
  { value: 'IMAGE_TO_IMAGE', label: words.bench.imageToImage },
] as const;

/** The scene's tabs; they rule the panel with this id. */
export function SceneTabs(props: Pick<BenchProps, 'draft' | 'onScene'> & { panelId: string }) {
  return (
    <Tabs
      label={words.bench.scenes}
      tabs={scenes}
      value={props.draft.content.scene}
      panelId={props.panelId}
      onChange={(scene) => props.onScene(scene)}
    />
  );
}

/** The whole form: what to make, from what, with which model, and what it costs. */
export function BenchForm(props: BenchProps & { id?: string }): JSX.Element {
  const panelId = createUniqueId();
  const { content, change } = props.draft;
  const problemAt = (field: ProblemField) => {
    const problem = props.composer.problem();
    return problem?.field === field ? problem.text : undefined;
  };
  const keep = (field: ProblemField) => (element: HTMLElement) => props.fields.set(field, element);
  const referenceProblems = () => {
    const own = props.references.items.flatMap((item) => referenceProblem(item) ?? []);
    const extra = [props.filesNotice, problemAt('references')].filter((text) => text !== undefined);
    return [...new Set([...own, ...extra])];
  };

  return (
    <form
      class="bench"
      id={props.id}
      aria-label={words.bench.label}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <div class="bench-scroll">
        <SceneTabs draft={props.draft} panelId={panelId} onScene={props.onScene} />
        <div class="bench-panel" role="tabpanel" id={panelId} aria-labelledby={tabId(panelId, content.scene)}>
          <PromptField
            value={content.prompt}
            problem={problemAt('prompt')}
            ref={keep('prompt')}
            onChange={(prompt) => change({ prompt })}
          />
          <Show when={content.scene === 'IMAGE_TO_IMAGE'}>
            <ReferenceImages
              references={props.references}
              limit={referenceLimit(props.composer.choice())}
              isSignedIn={props.isSignedIn}
              isDragging={props.isDragging}
              problems={referenceProblems()}
              onFiles={props.onFiles}
              ref={keep('references')}
            />
          </Show>
          <ModelPicker
            models={props.models}
            scene={content.scene}
            choice={props.composer.choice()}
            onChoose={(modelId) => change({ modelId })}
            onOtherScene={() =>
              props.onScene(content.scene === 'TEXT_TO_IMAGE' ? 'IMAGE_TO_IMAGE' : 'TEXT_TO_IMAGE')
            }
            ref={keep('model')}
          />
          <Show when={props.composer.choice().model}>
            {(model) => (
              <ModelOptions
                model={model()}
                scene={content.scene}
                wanted={content}
                seedProblem={problemAt('seed')}
                onChange={change}
                seedRef={keep('seed')}
              />
            )}
          </Show>
        </div>
      </div>
      <PayRow {...props} problem={problemAt('send') ?? problemAt('model')} />
    </form>
  );
}

function PayRow(props: BenchProps & { problem: string | undefined }) {
  return (
    <div class="pay">
      <CostLine costCredits={props.costCredits} balanceCredits={props.balanceCredits} />
      <SendNotice composer={props.composer} problem={props.problem} />
      <GenerateButton composer={props.composer} ref={(element) => props.fields.set('send', element)}>
        <kbd aria-hidden="true">{words.bench.shortcut}</kbd>
      </GenerateButton>
    </div>
  );
}

/** Why the request did not go, or what it waits for. */
export function SendNotice(props: { composer: Composer; problem: string | undefined }) {
  return (
    <div class="send-notice" role="alert">
      <Show when={props.problem ?? props.composer.refusal()}>
        {(text) => <p class="problem">{text()}</p>}
      </Show>
      <Show when={props.composer.waitingFor() > 0}>
        <Button kind="quiet" onClick={() => props.composer.stopWaiting()}>
          {words.bench.stopWaiting}
        </Button>
      </Show>
    </div>
  );
}

export function GenerateButton(props: {
  composer: Composer;
  ref?: (element: HTMLButtonElement) => void;
  onClick?: () => void;
  children: JSX.Element;
}) {
  return (
    <Button
      kind="primary"
      type={props.onClick ? 'button' : 'submit'}
      class="generate"
      ref={props.ref}
      onClick={() => props.onClick?.()}
    >
      <Show
        when={props.composer.waitingFor() > 0}
        fallback={
          <>
            {words.bench.generate}
            {props.children}
          </>
        }
      >
        {words.bench.waitingForUploads(props.composer.waitingFor())}
      </Show>
    </Button>
  );
}
