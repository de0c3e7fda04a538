/**
 * What one tab tells the others: what it changed at the server, so that none of them shows what is no longer so. The
 * others ask the server themselves; no data travels here.
 */
export type TabNews =
  /** A task was made or cancelled. */
  | { kind: 'task' }
  /** A task is gone. */
  | { kind: 'deleted'; id: string }
  /** Somebody signed in or out. */
  | { kind: 'session' };

export interface Tabs {
  tell(news: TabNews): void;
  /** Returns how to stop listening. */
  onNews(listener: (news: TabNews) => void): () => void;
  close(): void;
}

/** A browser without `BroadcastChannel` has one tab, as far as this goes. */
export function createTabs(name = 'proofsheet'): Tabs {
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined;
  const listeners = new Set<(news: TabNews) => void>();
  channel?.addEventListener('message', ({ data }: MessageEvent<TabNews>) => {
    for (const listener of listeners) listener(data);
  });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
    tell: (news) => channel?.postMessage(news),
    onNews(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => channel?.close(),
  };
}
