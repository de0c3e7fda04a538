/** When to speak of the connection: after three seconds of trouble, so that it never flickers, and shortly when it is back. */
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { ConnectionState } from '../api/subscriptions.ts';

export type ConnectionNotice = 'none' | 'reconnecting' | 'offline' | 'back';

const patienceMs = 3_000;
const backMs = 4_000;

export function createConnectionNotice(state: Accessor<ConnectionState>): Accessor<ConnectionNotice> {
  const [notice, setNotice] = createSignal<ConnectionNotice>('none');
  createEffect(
    on(state, (now) => {
      const trouble = now === 'offline' || now === 'reconnecting' ? now : undefined;
      const shown = notice();
      let timer: ReturnType<typeof setTimeout>;
      if (trouble && (shown === 'offline' || shown === 'reconnecting')) setNotice(trouble);
      else if (trouble) timer = setTimeout(() => setNotice(trouble), patienceMs);
      else if (shown === 'offline' || shown === 'reconnecting') {
        setNotice('back');
        timer = setTimeout(() => setNotice('none'), backMs);
      } else if (shown === 'back') timer = setTimeout(() => setNotice('none'), backMs);
      onCleanup(() => clearTimeout(timer));
    }),
  );
  return notice;
}
