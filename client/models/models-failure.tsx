import type { Refusal } from '../api/errors.ts';
import { failureText } from '../api/failure-text.ts';
import { words } from '../ui/words.ts';

/** Why the models did not load. */
export function ModelsFailure(props: { refusal: Refusal }) {
  return <>{failureText(props.refusal, words.models.failed)}</>;
}
