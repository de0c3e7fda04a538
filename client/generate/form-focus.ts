/** How the focus gets into the form: from a problem, from another page, by a shortcut. */
import { type Accessor, createSignal, onCleanup, untrack } from 'solid-js';
import type { ProblemField } from './problems.ts';
import type { Router } from '../ui/router.ts';
import type { Scene } from '../api/generated/graphql.ts';
import { isInTextField, onPress } from '../ui/keys.ts';

interface FormFocus {
  /** The control of each field, as the form has drawn it. */
  fields: Map<ProblemField, HTMLElement>;
  /** Whether the form is in a sheet, because there is no room for it next to the feed. */
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

interface FormKeysOptions {
  /** Whether a request may be sent from what is on screen. */
  maySubmit: () => boolean;
  onSubmit: () => void;
  onPrompt: () => void;
  onScene: (scene: Scene) => void;
}

/** Handles the shortcuts of the form on the whole page. Returns how to stop. */
export function listenForFormKeys(options: FormKeysOptions): () => void {
  const onKeyDown = onPress((event) => submit(event, options) || focusByKey(event, options));
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}

/** Ctrl Enter submits, with the focus anywhere. */
function submit(event: KeyboardEvent, { maySubmit, onSubmit }: FormKeysOptions): boolean {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !maySubmit()) return false;
  onSubmit();
  return true;
}

/** Single keys in the feed move the focus to the form. In a field they are letters. */
function focusByKey(event: KeyboardEvent, { onPrompt, onScene }: FormKeysOptions): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const { target } = event;
  if (!(target instanceof Element) || !target.closest('#feed') || isInTextField(event)) return false;
  if (event.key === '/') onPrompt();
  else if (event.key === '1') onScene('TEXT_TO_IMAGE');
  else if (event.key === '2') onScene('IMAGE_TO_IMAGE');
  else return false;
  return true;
}
