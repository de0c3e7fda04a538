/** What History leaves out, kept in the address: Back, a reload and a bookmark find it again. */
import type { Scene, TaskFilter, TaskStatus } from '../api/generated/graphql.ts';
import type { Router } from '../ui/router.ts';

/** How a task ended, or that it has not: what a person tells apart. */
type Outcome = 'SUCCESS' | 'FAILED' | 'CANCELED' | 'PROCESSING';

const scenes: readonly Scene[] = ['TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE'];
export const outcomes: readonly Outcome[] = ['SUCCESS', 'PROCESSING', 'FAILED', 'CANCELED'];

const parameters = ['search', 'scene', 'model', 'status', 'marked', 'task'] as const;

export type FilterName = (typeof parameters)[number];

export interface Filters {
  /** One value; undefined where there is none, or none that means anything. */
  get(name: FilterName): string | undefined;
  set(name: FilterName, value: string | undefined): void;
  clear(): void;
  isFiltered(): boolean;
  /** For the server, which knows of no marks. */
  taskFilter(): TaskFilter;
}

export function createFilters(router: Router): Filters {
  const among = <Value extends string>(values: readonly Value[], value: string | undefined) =>
    values.find((known) => known === value);
  const get = (name: FilterName): string | undefined => {
    const value = router.parameter(name);
    if (name === 'scene') return among(scenes, value);
    if (name === 'status') return among(outcomes, value);
    if (name === 'marked') return value === 'yes' ? value : undefined;
    return value?.trim() || undefined;
  };

  return {
    get,
    set: (name, value) => router.change({ [name]: value }),
    clear: () => router.change(Object.fromEntries(parameters.map((name) => [name, undefined]))),
    isFiltered: () => parameters.some((name) => get(name) !== undefined),
    taskFilter() {
      const search = get('search');
      const model = get('model');
      const scene = get('scene') as Scene | undefined;
      const outcome = get('status') as Outcome | undefined;
      return {
        ...(search && { search }),
        ...(model && { model }),
        ...(scene && { scene }),
        ...(outcome && { status: statusesOf(outcome) }),
      };
    },
  };
}

function statusesOf(outcome: Outcome): TaskStatus[] {
  return outcome === 'PROCESSING' ? ['PENDING', 'PROCESSING'] : [outcome];
}
