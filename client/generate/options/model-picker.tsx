import { createMemo, createResource, Match, Show, Suspense, Switch } from 'solid-js';
import type { Scene } from '../../api/generated/graphql.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import { messages } from '../../i18n/messages.ts';
import type { ModelChoice } from './model-choice.ts';
import type { Models } from './models.ts';

interface ModelPickerProps {
  models: Models;
  scene: Scene;
  choice: ModelChoice;
  onChoose: (modelId: string) => void;
  onScene: (scene: Scene) => void;
  /** The control that is focused if no model fits. */
  ref: (element: HTMLElement) => void;
}

/** Selects provider and model, among those of the scene. */
export function ModelPicker(props: ModelPickerProps) {
  const isText = () => props.scene === 'TEXT_TO_IMAGE';
  const [failureText] = createResource(props.models.failure, async (refusal) => {
    // Without a connection there is no cause to name, and nothing to name it with.
    if (refusal.code === 'NETWORK') return () => messages.models.failed;
    const { loadErrorMessage } = await import('../../api/load-error.ts');
    return () => loadErrorMessage(refusal, messages.models.failed);
  });
  return (
    <Switch fallback={<ModelSelects {...props} />}>
      <Match when={props.models.status() === 'loading'}>
        <div class="picker picker-loading">
          <p class="visually-hidden" role="status">
            {messages.models.loading}
          </p>
          <span class="skeleton" />
          <span class="skeleton" />
        </div>
      </Match>
      <Match when={props.models.status() === 'failed'}>
        <div class="picker-empty">
          <p role="alert">
            <Suspense fallback={messages.models.failed}>{failureText()?.()}</Suspense>
          </p>
          <Button ref={props.ref} onClick={() => props.models.retry()}>
            {messages.app.tryAgain}
          </Button>
        </div>
      </Match>
      <Match when={props.models.of(props.scene).length === 0}>
        <div class="picker-empty">
          <p>{isText() ? messages.models.noneForText : messages.models.noneForImages}</p>
          <Button
            ref={props.ref}
            onClick={() => props.onScene(isText() ? 'IMAGE_TO_IMAGE' : 'TEXT_TO_IMAGE')}
          >
            {isText() ? messages.models.switchToImages : messages.models.switchToText}
          </Button>
        </div>
      </Match>
    </Switch>
  );
}

function ModelSelects(props: ModelPickerProps) {
  const offered = createMemo(() => props.models.of(props.scene));
  const providers = createMemo(() => {
    const labels = new Map(offered().map(({ provider }) => [provider.id, provider.label]));
    return [...labels].map(([value, label]) => ({ value, label }));
  });
  const provider = () => props.choice.model?.provider;
  const modelOptions = createMemo(() =>
    offered()
      .filter((model) => model.provider.id === provider()?.id)
      .map(({ id, label, costCredits, typicalDurationMs }) => ({
        value: id,
        label,
        detail: messages.models.optionDetail(costCredits, typicalDurationMs),
      })),
  );
  const replacedText = () =>
    messages.models[props.scene === 'TEXT_TO_IMAGE' ? 'replacedForText' : 'replacedForImages'];

  return (
    <div>
      <div class="picker">
        <Select
          label={messages.models.provider}
          value={provider()?.id ?? ''}
          options={providers()}
          onChange={(id) => {
            const first = offered().find((model) => model.provider.id === id);
            if (first) props.onChoose(first.id);
          }}
        />
        <Select
          label={messages.models.model}
          value={props.choice.model?.id ?? ''}
          options={modelOptions()}
          ref={props.ref}
          onChange={props.onChoose}
        />
      </div>
      <div role="status">
        <Show when={props.choice.replaced}>
          {(replaced) => (
            <p class="hint">{replacedText()(replaced().label, props.choice.model?.label ?? '')}</p>
          )}
        </Show>
      </div>
      <Show when={provider()?.sandbox}>
        <p class="sandbox-note">{messages.models.sandbox(provider()?.label ?? '')}</p>
      </Show>
    </div>
  );
}
