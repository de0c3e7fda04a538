import { createMemo, Match, Show, Suspense, Switch } from 'solid-js';
import type { Scene } from '../../api/generated/graphql.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/select.tsx';
import { messages } from '../../i18n/messages.ts';
import type { ModelChoice } from './model-choice.ts';
import type { Models } from './models.ts';
import { lazyComponent } from '../../ui/lazy-component.ts';

const ModelsFailure = lazyComponent(() => import('./models-failure.tsx'), 'ModelsFailure');

/** Selects provider and model, among those of the scene. */
export function ModelPicker(props: {
  models: Models;
  scene: Scene;
  choice: ModelChoice;
  onChoose: (modelId: string) => void;
  onOtherScene: () => void;
  /** The control that is focused if no model fits. */
  ref: (element: HTMLElement) => void;
}) {
  const offered = createMemo(() => props.models.of(props.scene));
  const providers = createMemo(() => [
    ...new Map(
      offered().map(({ provider }) => [provider.id, { value: provider.id, label: provider.label }]),
    ).values(),
  ]);
  const providerId = () => props.choice.model?.provider.id ?? '';
  const modelOptions = createMemo(() =>
    offered()
      .filter((model) => model.provider.id === providerId())
      .map((model) => ({
        value: model.id,
        label: model.label,
        detail: messages.models.optionDetail(model.costCredits, model.typicalDurationMs),
      })),
  );
  const isText = () => props.scene === 'TEXT_TO_IMAGE';

  return (
    <Switch>
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
            {/* Without a connection there is no cause to name, and nothing to name it with. */}
            <Show
              when={props.models.failure()?.code !== 'NETWORK' && props.models.failure()}
              fallback={messages.models.failed}
            >
              {(refusal) => (
                <Suspense fallback={messages.models.failed}>
                  <ModelsFailure refusal={refusal()} />
                </Suspense>
              )}
            </Show>
          </p>
          <Button ref={props.ref} onClick={() => props.models.retry()}>
            {messages.app.tryAgain}
          </Button>
        </div>
      </Match>
      <Match when={offered().length === 0}>
        <div class="picker-empty">
          <p>{isText() ? messages.models.noneForText : messages.models.noneForImages}</p>
          <Button ref={props.ref} onClick={() => props.onOtherScene()}>
            {isText() ? messages.models.switchToImages : messages.models.switchToText}
          </Button>
        </div>
      </Match>
      <Match when={true}>
        <div>
          <div class="picker">
            <Select
              label={messages.models.provider}
              value={providerId()}
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
              onChange={(id) => props.onChoose(id)}
            />
          </div>
          <div role="status">
            <Show when={props.choice.replaced && props.choice.model}>
              {(model) => (
                <p class="hint">
                  {(isText() ? messages.models.replacedForText : messages.models.replacedForImages)(
                    props.choice.replaced?.label ?? '',
                    model().label,
                  )}
                </p>
              )}
            </Show>
          </div>
          <Show when={props.choice.model?.provider.sandbox}>
            <p class="sandbox-note">{messages.models.sandbox(props.choice.model?.provider.label ?? '')}</p>
          </Show>
        </div>
      </Match>
    </Switch>
  );
}
