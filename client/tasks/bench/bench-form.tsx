import { createMemo, createUniqueId, type JSX, lazy, Match, Show, Suspense, Switch, untrack } from 'solid-js';
import type { Scene } from '../../api/generated/graphql.ts';
import { CostLine } from '../../credits/cost-line.tsx';
import { referenceProblem } from '../../images/reference-words.ts';
import type { Dragged } from '../../images/drop-and-paste.ts';
import { DropSign } from '../../images/drop-sign.tsx';
import type { References } from '../../images/references.ts';
import { ModelOptions, preloadMoreOptions } from '../../models/model-options.tsx';
import { ModelPicker } from '../../models/model-picker.tsx';
import type { Models } from '../../models/models.ts';
import { Button } from '../../ui/button.tsx';
import { createDelayed } from '../../ui/delayed.ts';
import { tabId, Tabs } from '../../ui/tabs.tsx';
import type { Toasts } from '../../ui/toasts.tsx';
import { words } from '../../ui/words.ts';
import type { Composer } from '../compose/composer.ts';
import type { Draft } from '../compose/draft.ts';
import type { ProblemField } from '../compose/problems.ts';
import type { PromptHistory } from '../compose/prompt-history.ts';
import { referenceLimit } from '../compose/reference-intake.ts';
import { PromptField } from './prompt-field.tsx';

const BreakdownActions = lazy(async () => ({
  default: (await import('./breakdown-actions.tsx')).BreakdownActions,
}));
// A request from words alone needs none of it.
const ReferenceImages = lazy(async () => ({
  default: (await import('../../images/reference-images.tsx')).ReferenceImages,
}));

/** Fetches what the form may need next, so that it is there without a connection, too. */
export function preloadBench(): Promise<unknown> {
  const parts = [ReferenceImages, BreakdownActions].map((part) => part.preload());
  return Promise.allSettled([...parts, preloadMoreOptions(), import('../compose/refusal-words.ts')]);
}

/** What the bench, the dock and the sheet are made of. */
export interface BenchProps {
  draft: Draft;
  history: PromptHistory;
  composer: Composer;
  references: References;
  models: Models;
  costCredits: number | undefined;
  balanceCredits: number | undefined;
  isSignedIn: boolean;
  toasts: Toasts;
  /** What is being dragged over the page. */
  dragged: Dragged;
  /** What was said about the last files: too many, or there already. */
  filesNotice: string | undefined;
  /** The references that were offered a second time. */
  pointedAt: ReadonlySet<string>;
  onFiles: (files: File[]) => void;
  onScene: (scene: Scene) => void;
  /** Sends, and moves the focus to what is missing. */
  onSubmit: () => void;
  /** The control of each field, for the focus. */
  fields: Map<ProblemField, HTMLElement>;
}

function scenes() {
  return [
    { value: 'TEXT_TO_IMAGE', label: words.bench.textToImage },
    { value: 'IMAGE_TO_IMAGE', label: words.bench.imageToImage },
  ] as const;
}

/** The scene's tabs; they rule the panel with this id. */
export function SceneTabs(props: Pick<BenchProps, 'draft' | 'onScene'> & { panelId: string }) {
  return (
    <Tabs
      label={words.bench.scenes}
      tabs={scenes()}
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
  const referenceNotices = () => {
    const own = new Set(props.references.items.map(referenceProblem));
    const notices = [props.filesNotice, problemAt('references')].filter((text) => text !== undefined);
    return notices.filter((text) => !own.has(text));
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
            history={props.history}
            ref={keep('prompt')}
            onChange={(prompt) => change({ prompt })}
          />
          <Show when={content.scene === 'IMAGE_TO_IMAGE'}>
            <Suspense fallback={<div class="references-wait" />}>
              <ReferenceImages
                references={props.references}
                limit={referenceLimit(props.composer.choice())}
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
      <DropSign dragged={props.dragged} />
      <PayRow {...props} problem={problemAt('send') ?? problemAt('model')} />
    </form>
  );
}

function PayRow(props: BenchProps & { problem: string | undefined }) {
  return (
    <div class="pay">
      <CostLine costCredits={props.costCredits} balanceCredits={props.balanceCredits}>
        <AffordableOffer {...props} />
      </CostLine>
      <SendNotice
        composer={props.composer}
        toasts={props.toasts}
        problem={props.problem}
        isOnScreen={isShort(props)}
      />
      <GenerateButton composer={props.composer} ref={(element) => props.fields.set('send', element)}>
        <kbd aria-hidden="true">{words.bench.shortcut}</kbd>
      </GenerateButton>
    </div>
  );
}

function isShort({ costCredits, balanceCredits }: BenchProps): boolean {
  return costCredits !== undefined && balanceCredits !== undefined && costCredits > balanceCredits;
}

/** Credits are not sold here, so what can be had for those that are left is all there is to offer. */
function AffordableOffer(props: BenchProps) {
  return (
    <Show when={props.composer.affordable()} fallback={<p class="cost-offer">{words.cost.nothingCheaper}</p>}>
      {(offer) => (
        <Button
          class="cost-offer"
          onClick={() => {
            props.draft.change({ modelId: offer().model.id, count: offer().count });
            props.fields.get('send')?.focus();
          }}
        >
          {offer().model.id === props.composer.choice().model?.id
            ? words.cost.makeFewer(offer().count, offer().costCredits)
            : words.cost.useCheaper(offer().costCredits)}
        </Button>
      )}
    </Show>
  );
}

/** Why the request did not go, or what it waits for. */
export function SendNotice(props: {
  composer: Composer;
  toasts: Toasts;
  problem: string | undefined;
  /** Whether the page says it already, so that it is only to be heard. */
  isOnScreen?: boolean;
}) {
  const { composer } = props;
  const text = () =>
    props.problem ?? composer.refusal() ?? (composer.isOnline() ? undefined : words.connection.offline);
  const isCounting = createMemo(() => composer.waitSeconds() > 0);
  return (
    <div class="send-notice">
      {/* A count-down that speaks each second is a nuisance: it is heard when it begins and when it ends. */}
      <Show when={isCounting()}>
        <p class="problem" aria-hidden="true">
          {text()}
        </p>
      </Show>
      <div role="alert">
        <Show when={text()}>
          <p class={isCounting() || props.isOnScreen ? 'visually-hidden' : 'problem'}>
            {isCounting() ? untrack(text) : text()}
          </p>
        </Show>
      </div>
      <Show when={props.problem === undefined && composer.breakdown()} keyed>
        {(breakdown) => (
          <Suspense>
            <BreakdownActions breakdown={breakdown} toasts={props.toasts} />
          </Suspense>
        )}
      </Show>
      <Show when={composer.waitingFor() > 0 || composer.isWaitingForPlace()}>
        <Button kind="quiet" onClick={() => composer.stopWaiting()}>
          {words.bench.stopWaiting}
        </Button>
      </Show>
    </div>
  );
}

/** What is over in a moment needs no sign. */
const sendingSignAfterMs = 120;

export function GenerateButton(props: {
  composer: Composer;
  ref?: (element: HTMLButtonElement) => void;
  onClick?: () => void;
  children: JSX.Element;
}) {
  const isSending = createDelayed(() => props.composer.outgoing().length > 0, sendingSignAfterMs);
  return (
    <Button
      kind="primary"
      type={props.onClick ? 'button' : 'submit'}
      class="generate"
      ref={props.ref}
      onClick={props.onClick && (() => props.onClick?.())}
    >
      <Show when={isSending()}>
        <span class="spinner" aria-hidden="true" />
      </Show>
      <Switch
        fallback={
          <>
            {words.bench.generate}
            {props.children}
          </>
        }
      >
        <Match when={props.composer.waitingFor() > 0}>
          {words.bench.waitingForUploads(props.composer.waitingFor())}
        </Match>
        <Match when={props.composer.isWaitingForPlace()}>{words.bench.waitingForPlace}</Match>
        <Match when={props.composer.waitSeconds() > 0}>
          {words.bench.generate}
          <span class="code" aria-hidden="true">
            {words.bench.tryAgainIn(props.composer.waitSeconds())}
          </span>
        </Match>
      </Switch>
    </Button>
  );
}
