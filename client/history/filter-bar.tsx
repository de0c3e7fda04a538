import { createEffect, createMemo, createUniqueId, on, onCleanup, Show } from 'solid-js';
import type { Model } from '../generate/options/model-choice.ts';
import { Button } from '../ui/button.tsx';
import { Select, type SelectOption } from '../ui/select.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { type FilterName, type Filters, outcomes } from './filters.ts';

/** After the last key; a search for every letter would only be in the way. */
const searchDelayMs = 300;

export function FilterBar(props: { filters: Filters; models: readonly Model[] }) {
  const any = (): SelectOption => ({ value: '', label: lazyMessages.history.any });
  const models = createMemo(() => {
    const options = new Map(props.models.map((model) => [model.id, model.label]));
    // A model that is no longer offered may still be the one that was asked for.
    const wanted = props.filters.get('model');
    if (wanted && !options.has(wanted)) options.set(wanted, wanted);
    return [any(), ...[...options].map(([value, label]) => ({ value, label }))];
  });
  const select = (name: FilterName) => ({
    value: props.filters.get(name) ?? '',
    always: true,
    onChange: (value: string) => props.filters.set(name, value || undefined),
  });

  return (
    <form
      class="filters"
      role="search"
      aria-label={lazyMessages.history.filters}
      onSubmit={(event) => event.preventDefault()}
    >
      <SearchField filters={props.filters} />
      <Select
        label={lazyMessages.history.scene}
        options={[
          any(),
          { value: 'TEXT_TO_IMAGE', label: messages.form.textToImage },
          { value: 'IMAGE_TO_IMAGE', label: messages.form.imageToImage },
        ]}
        {...select('scene')}
      />
      <Select label={lazyMessages.history.model} options={models()} {...select('model')} />
      <Select
        label={lazyMessages.history.status}
        options={[
          any(),
          ...outcomes.map((value) => ({ value, label: lazyMessages.history.statuses[value] })),
        ]}
        {...select('status')}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={props.filters.get('marked') !== undefined}
          onChange={(event) => props.filters.set('marked', event.currentTarget.checked ? 'yes' : undefined)}
        />
        {lazyMessages.history.marked}
      </label>
      <Show when={props.filters.isFiltered()}>
        <Button kind="quiet" onClick={() => props.filters.clear()}>
          {lazyMessages.history.clear}
        </Button>
      </Show>
    </form>
  );
}

function SearchField(props: { filters: Filters }) {
  const id = createUniqueId();
  let input: HTMLInputElement | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => clearTimeout(timer));
  const search = (text: string, delayMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => props.filters.set('search', text.trim() || undefined), delayMs);
  };
  // Back and "Clear search" change what is searched for; typing does not come back to who types.
  createEffect(
    on(
      () => props.filters.get('search') ?? '',
      (text) => {
        if (input && input.value.trim() !== text) input.value = text;
      },
    ),
  );

  return (
    <div class="field search-field">
      <label class="label" for={id}>
        {lazyMessages.history.search}
      </label>
      <input
        id={id}
        ref={input}
        class="input"
        type="search"
        dir="auto"
        autocomplete="off"
        enterkeyhint="search"
        onInput={(event) => search(event.currentTarget.value, searchDelayMs)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') search(event.currentTarget.value, 0);
        }}
      />
    </div>
  );
}
