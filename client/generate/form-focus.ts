import { type Accessor, createSignal, onCleanup, untrack } from 'solid-js';
import type { ProblemField } from './problems.ts';
import type { Router } from '../ui/router.ts';

interface FormFocus {
  /** The control of each field, as the form has drawn it. */
  fields: Map<ProblemField, HTMLElement>;
  /** Whether the form is in a sheet, as there is no room for it beside the feed. */
  isCompact: Accessor<boolean>;
  isSheetOpen: Accessor<boolean>;
  setSheetOpen(isOpen: boolean): void;
  /** Focuses a field, from another page or with the sheet closed. */
  focus(field: ProblemField): void;
}

/** The place of the form, and the focus of its fields. */
export function createFormFocus(router: Router): FormFocus {
  const fields = new Map<ProblemField, HTMLElement>();
  const isCompact = createMedia('(max-width: 860px)');
  const [isSheetOpen, setSheetOpen] = createSignal(false);
  return {
    fields,
    isCompact,
    isSheetOpen,
    setSheetOpen,
    focus(field) {
      if (untrack(router.path) !== '/') router.go('/');
      if (untrack(isCompact)) setSheetOpen(true);
      // The sheet's fields are there once it has been drawn.
      queueMicrotask(() => fields.get(field)?.focus());
    },
  };
}

/** Whether a media query matches, as a signal. */
function createMedia(query: string): Accessor<boolean> {
  const media = matchMedia(query);
  const [matches, setMatches] = createSignal(media.matches);
  const update = () => setMatches(media.matches);
  media.addEventListener('change', update);
  onCleanup(() => media.removeEventListener('change', update));
  return matches;
}
