import { createEffect, createUniqueId, For, onCleanup, Show } from 'solid-js';
import type { Scene, TaskFilter, TaskStatus } from '../api/generated/graphql.ts';
import type { Model } from '../generate/options/model-choice.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import type { Router } from '../ui/router.ts';
import { Select, type SelectOption } from '../ui/select.tsx';

/** After the last key; a search for every letter would only be in the way. */
const searchDelayMs = 300;

export function FilterBar(props: { filters: Filters; models: readonly Model[] }) {
  const choices: Readonly<Record<'scene' | 'model' | 'status', () => SelectOption[]>> = {
    scene: () => [
      { value: 'TEXT_TO_IMAGE', label: messages.form.textToImage },
      { value: 'IMAGE_TO_IMAGE', label: messages.form.imageToImage },
    ],
    model() {
      const labels = new Map(props.models.map(({ id, label }) => [id, label]));
      // A retired model may still be selected.
      const wanted = props.filters.get('model');
      if (wanted && !labels.has(wanted)) labels.set(wanted, wanted);
      return [...labels].map(([value, label]) => ({ value, label }));
    },
    status: () => outcomes.map((value) => ({ value, label: lazyMessages.history.statuses[value] })),
  };

  return (
    <form
      class="filters"
      role="search"
      aria-label={lazyMessages.history.filters}
      onSubmit={(event) => event.preventDefault()}
    >
      <SearchField filters={props.filters} />
      <For each={['scene', 'model', 'status'] as const}>
        {(name) => (
          <Select
            label={lazyMessages.history[name]}
            value={props.filters.get(name) ?? ''}
            options={[{ value: '', label: lazyMessages.history.any }, ...choices[name]()]}
            onChange={(value) => props.filters.set(name, value || undefined)}
            always
          />
        )}
      </For>
      <DateField filters={props.filters} />
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
  // Back and "Clear search" change the search; do not overwrite the field while the user types.
  createEffect(() => {
    const text = props.filters.get('search') ?? '';
    if (input && input.value.trim() !== text) input.value = text;
  });

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

/** Leads to the day that is chosen, and what was made before. */
function DateField(props: { filters: Filters }) {
  const id = createUniqueId();
  return (
    <div class="field">
      <label class="label" for={id}>
        {lazyMessages.history.until}
      </label>
      <input
        id={id}
        class="input"
        type="date"
        value={props.filters.get('until') ?? ''}
        onChange={(event) => props.filters.set('until', event.currentTarget.value || undefined)}
      />
    </div>
  );
}

/** The outcomes that can be filtered by. */
const outcomes = ['SUCCESS', 'PROCESSING', 'FAILED', 'CANCELED'] as const satisfies TaskStatus[];

const parameters = ['search', 'scene', 'model', 'status', 'until', 'marked', 'task'] as const;

/** `view` filters nothing: it says how the tasks are shown. */
type FilterName = (typeof parameters)[number] | 'view';

/** The end of a day in the user's time zone, `2026-03-01`; undefined where it is no day. */
function endOfDay(day: string | undefined): Date | undefined {
  // A browser sends a year while it is typed: `0002`.
  const [, year, month, date] = /^(2\d{3})-(\d\d)-(\d\d)$/.exec(day ?? '') ?? [];
  const end = new Date(Number(year), Number(month) - 1, Number(date) + 1);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

/** The values of the parameters that have only some; the others have any text. */
const allowed: Partial<Record<FilterName, readonly string[]>> = {
  scene: ['TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE'] satisfies Scene[],
  status: outcomes,
  marked: ['yes'],
  view: ['list'],
};

export type Filters = ReturnType<typeof createFilters>;

export function createFilters(router: Router) {
  /** One value; undefined where there is none, or none that means anything. */
  const get = (name: FilterName): string | undefined => {
    const value = router.parameter(name);
    if (allowed[name]) return allowed[name].find((known) => known === value);
    if (name === 'until') return endOfDay(value) && value;
    return value?.trim() || undefined;
  };

  return {
    get,
    set: (name: FilterName, value: string | undefined) => router.change({ [name]: value }),
    clear: () => router.change(Object.fromEntries(parameters.map((name) => [name, undefined]))),
    isFiltered: () => parameters.some((name) => get(name) !== undefined),
    /** As the server applies it. */
    taskFilter(): TaskFilter {
      const search = get('search');
      const model = get('model');
      const scene = get('scene') as Scene | undefined;
      const outcome = get('status') as TaskStatus | undefined;
      const before = endOfDay(get('until'));
      return {
        ...(search && { search }),
        ...(model && { model }),
        ...(scene && { scene }),
        ...(get('marked') && { favorite: true }),
        ...(before && { createdBefore: before.toISOString() }),
        ...(outcome && { status: outcome === 'PROCESSING' ? ['PENDING', outcome] : [outcome] }),
      };
    },
  };
}

/** The zip of all images that a filter finds, which the server writes while it is sent. */
export function zipAddress(filter: TaskFilter): string {
  const parameters = Object.entries(filter).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, String(each)]),
  );
  const query = new URLSearchParams(parameters).toString();
  return `/api/images.zip${query && `?${query}`}`;
}
