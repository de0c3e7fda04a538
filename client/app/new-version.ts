/**
 * Detects that the server has a newer client than the open one. Each build has an id, in the page and in `build.txt`;
 * the file is read when the page becomes visible, after a reconnection, and at intervals.
 */
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js';
import type { LiveSocket } from '../api/subscriptions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';

const checkIntervalMs = 600_000;
/** The shortest time between two checks, for a page that is shown many times a minute. */
const shortestIntervalMs = 15_000;

/** Returns a function that checks now. Stops with its owner. */
export function watchForNewVersion(options: {
  /** The id of the client that is open; undefined where it was not built. */
  current: string | undefined;
  /** The id of the client that the server has. */
  fetchLatest: () => Promise<string | undefined>;
  /** Called once, with the first id that is another. */
  onNewer: () => void;
}): () => void {
  const { current, fetchLatest, onNewer } = options;
  if (current === undefined) return () => {};
  let isKnown = false;
  let askedAt = Number.NEGATIVE_INFINITY;

  const check = async () => {
    if (isKnown || Date.now() - askedAt < shortestIntervalMs) return;
    askedAt = Date.now();
    const latest = await fetchLatest().catch(() => undefined);
    if (isKnown || latest === undefined || latest === current) return;
    isKnown = true;
    onNewer();
  };
  const onVisible = () => {
    if (document.visibilityState === 'visible') void check();
  };
  const timer = setInterval(() => void check(), checkIntervalMs);
  document.addEventListener('visibilitychange', onVisible);
  onCleanup(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onVisible);
  });
  return () => void check();
}

/** The id at the server; undefined where there is none. */
async function fetchBuildId(): Promise<string | undefined> {
  const response = await fetch('/build.txt', { cache: 'no-store', signal: AbortSignal.timeout(10_000) });
  const text = response.ok ? (await response.text()).trim() : '';
  return /^[0-9a-f]{16}$/.test(text) ? text : undefined;
}

export interface NewVersionOptions {
  socket: Accessor<LiveSocket>;
  /** Whether a reload would lose something. */
  isUnsafe: Accessor<boolean>;
  toasts: Toasts;
}

/** Offers a reload when the server has a newer client. Loaded after the first paint. */
export function offerNewVersion(options: NewVersionOptions): void {
  const [hasNewVersion, setNewVersion] = createSignal(false);
  const look = watchForNewVersion({
    // Written by the build.
    current: document.querySelector<HTMLMetaElement>('meta[name="build"]')?.content,
    fetchLatest: fetchBuildId,
    onNewer: () => setNewVersion(true),
  });
  createEffect(() => {
    let isBack = false;
    onCleanup(
      options.socket().onConnected(() => {
        // After a reconnection the server may be a newer one.
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
