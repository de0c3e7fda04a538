import type { Refusal } from '../../api/errors.ts';
import { failureText } from '../../api/load-error.ts';
import { words } from '../../i18n/messages.ts';

/** Why the models did not load. */
export function ModelsFailure(props: { refusal: Refusal }) {
  return <>{failureText(props.refusal, words.models.failed)}</>;
}
