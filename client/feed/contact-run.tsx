import {
  type Accessor,
  createEffect,
  createSignal,
  type JSX,
  onCleanup,
  onMount,
  Show,
  untrack,
} from 'solid-js';
import { createIntersection } from '../ui/load-more.tsx';

/** Whole rows of every width of the window. */
export const cellsInRun = 48;

/** How far from the viewport a run may be and is drawn, in pixels: more than one press of Page Down. */
const reach = 1_500;

/** What the rows of a sheet have in common. */
export interface Rows {
  columns: number;
  /** In pixels. */
  height: number;
}

/** How high a run is, in pixels. */
export const runHeight = (cells: number, { columns, height }: Rows): number =>
  Math.ceil(cells / columns) * height;

/** Parts of a list, each of the given length but the last. */
export function inRuns<Item>(items: readonly Item[], length = cellsInRun): (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, run) =>
    items.slice(run * length, (run + 1) * length),
  );
}

/** Measures the rows of a sheet by its first cell, again when its width changes; undefined until there is one. */
export function createRows(
  sheet: () => HTMLElement | undefined,
  cells = '.task-image',
): Accessor<Rows | undefined> {
  const [rows, setRows] = createSignal<Rows>();
  onMount(() => {
    const element = sheet();
    if (!element || !('ResizeObserver' in window)) return;
    const observer = new ResizeObserver(() => {
      const cell = element.querySelector<HTMLElement>(cells);
      if (!cell?.parentElement) return;
      const columns = getComputedStyle(cell.parentElement).gridTemplateColumns.split(' ').length;
      setRows({ columns, height: cell.offsetHeight });
    });
    observer.observe(element);
    onCleanup(() => observer.disconnect());
  });
  return rows;
}

/**
 * A part of a contact sheet. Far from the viewport it is an empty box of its height: so a long history has few elements,
 * however much of it is loaded.
 */
export function ContactRun(props: {
  class?: string;
  cells: number;
  rows: Rows | undefined;
  /** Whether it must be there, wherever the viewport is. */
  isNeeded: boolean;
  children: JSX.Element;
}) {
  let element: HTMLDivElement | undefined;
  const isNear = createIntersection(() => element, reach, reach);
  const [hasFocus, setFocus] = createSignal(false);
  const isWanted = () => isNear() !== false || hasFocus() || props.isNeeded || props.rows === undefined;
  const [isDrawn, setDrawn] = createSignal(true);
  createEffect(() => {
    if (isWanted()) return setDrawn(true);
    // Later: what closes gives the focus back to an image first.
    const timer = setTimeout(() => setDrawn(untrack(isWanted)));
    onCleanup(() => clearTimeout(timer));
    return undefined;
  });
  return (
    <div
      ref={element}
      class={props.class ?? 'contact-run'}
      role="presentation"
      style={{ height: isDrawn() || !props.rows ? undefined : `${runHeight(props.cells, props.rows)}px` }}
      onFocusIn={() => setFocus(true)}
      onFocusOut={({ relatedTarget }) => setFocus(element?.contains(relatedTarget as Node | null) ?? false)}
    >
      <Show when={isDrawn()}>{props.children}</Show>
    </div>
  );
}
