/** Offers a reload when the server has a newer client. Loaded after the first paint: nothing is newer than what has just come. */
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js';
import { buildId, fetchBuildId, watchForNewVersion } from './new-version.ts';
import type { LiveSocket } from '../api/subscriptions.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

export function offerNewVersion(options: {
  socket: Accessor<LiveSocket>;
  /** Whether a reload would lose something. */
  isUnsafe: Accessor<boolean>;
  toasts: Toasts;
}): void {
  const [hasNewVersion, setNewVersion] = createSignal(false);
  const look = watchForNewVersion({
    current: buildId(),
    fetchLatest: fetchBuildId,
    onNewer: () => setNewVersion(true),
  });
  createEffect(() => {
    let isBack = false;
    onCleanup(
      options.socket().onConnected(() => {
        // A server that comes back may have been replaced by a newer one.
        if (isBack) look();
        isBack = true;
      }),
    );
  });
  createEffect(() => {
    if (!hasNewVersion() || options.isUnsafe()) return;
    const dismiss = options.toasts.show({
      text: lazyMessages.page.newVersion,
      kind: 'lasting',
      action: { label: messages.app.reload, run: () => location.reload() },
    });
    onCleanup(dismiss);
  });
}
