import type { Refusal } from '../../api/errors.ts';
import { loadErrorMessage } from '../../api/load-error.ts';
import { messages } from '../../i18n/messages.ts';

/** Why the models did not load. */
export function ModelsFailure(props: { refusal: Refusal }) {
  return <>{loadErrorMessage(props.refusal, messages.models.failed)}</>;
}
