/** How the focus gets into the form: from a problem, from another page, by a shortcut. */
import { createSignal, onCleanup, untrack } from 'solid-js';
import type { ProblemField } from './problems.ts';
import type { Router } from '../ui/router.ts';
import type { Scene } from '../api/generated/graphql.ts';
import { isInTextField, onPress } from '../ui/keys.ts';

/** The place of the form, and the focus of its fields. */
export function createFormFocus(router: Router) {
  const fields = new Map<ProblemField, HTMLElement>();
  const narrow = matchMedia('(max-width: 860px)');
  const [isCompact, setCompact] = createSignal(narrow.matches);
  const update = () => setCompact(narrow.matches);
  narrow.addEventListener('change', update);
  onCleanup(() => narrow.removeEventListener('change', update));
  const [isSheetOpen, setSheetOpen] = createSignal(false);
  return {
    fields,
    /** Whether the form is in a sheet, because there is no room for it next to the feed. */
    isCompact,
    isSheetOpen,
    setSheetOpen,
    /** Focuses a field, from another page or with the sheet closed. */
    focus(field: ProblemField) {
      if (untrack(router.path) !== '/') router.go('/');
      if (untrack(isCompact)) setSheetOpen(true);
      // The sheet's fields are there once it has been drawn.
      queueMicrotask(() => fields.get(field)?.focus());
    },
  };
}

/**
 * Handles the shortcuts of the form on the whole page: Ctrl Enter submits, with the focus anywhere; single keys in the
 * feed move the focus to the form, in a field they are letters. Returns how to stop.
 */
export function listenForFormKeys(options: {
  /** Whether a request may be sent from what is on screen. */
  maySubmit: () => boolean;
  onSubmit: () => void;
  onPrompt: () => void;
  onScene: (scene: Scene) => void;
}): () => void {
  const actions: Readonly<Record<string, () => void>> = {
    '/': options.onPrompt,
    1: () => options.onScene('TEXT_TO_IMAGE'),
    2: () => options.onScene('IMAGE_TO_IMAGE'),
  };
  const actionOf = (event: KeyboardEvent) => {
    const { key, target } = event;
    const isCommand = event.ctrlKey || event.metaKey;
    if (key === 'Enter' && isCommand && options.maySubmit()) return options.onSubmit;
    if (event.defaultPrevented || isCommand || event.altKey || isInTextField(event)) return undefined;
    return target instanceof Element && target.closest('#feed') ? actions[key] : undefined;
  };
  const onKeyDown = onPress((event) => {
    const action = actionOf(event);
    action?.();
    return action !== undefined;
  });
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}
