import { messages } from '../i18n/messages.ts';
import { Button } from './button.tsx';

/** In place of what did not load, with a retry. */
export function LoadFailure(props: { class: string; text: string; onRetry: () => void }) {
  return (
    <div class={props.class} role="alert">
      <p>{props.text}</p>
      <Button onClick={() => props.onRetry()}>{messages.app.tryAgain}</Button>
    </div>
  );
}
