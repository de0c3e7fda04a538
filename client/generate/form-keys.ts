/** The keys of the form that are heard outside of it. */
import type { Scene } from '../api/generated/graphql.ts';
import { isInTextField, onPress } from '../ui/keys.ts';

interface FormKeysOptions {
  /** Whether a request may be sent from what is on screen. */
  maySubmit: () => boolean;
  onSubmit: () => void;
  onPrompt: () => void;
  onScene: (scene: Scene) => void;
}

/** Listens on the whole page; returns how to stop. */
export function listenForFormKeys(options: FormKeysOptions): () => void {
  const onKeyDown = onPress((event) => submit(event, options) || lead(event, options));
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}

/** Ctrl Enter sends, wherever the focus is. */
function submit(event: KeyboardEvent, { maySubmit, onSubmit }: FormKeysOptions): boolean {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !maySubmit()) return false;
  onSubmit();
  return true;
}

/** Single keys lead from the feed to the form. They count only there: in a field they are letters. */
function lead(event: KeyboardEvent, { onPrompt, onScene }: FormKeysOptions): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const { target } = event;
  if (!(target instanceof Element) || !target.closest('#feed') || isInTextField(event)) return false;
  if (event.key === '/') onPrompt();
  else if (event.key === '1') onScene('TEXT_TO_IMAGE');
  else if (event.key === '2') onScene('IMAGE_TO_IMAGE');
  else return false;
  return true;
}
