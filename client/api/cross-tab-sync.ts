/**
 * What one tab tells the others: what it changed at the server, so that none of them shows what is no longer so. The
 * others ask the server themselves; no data travels here.
 */
export type TabMessage =
  /** A task was made or cancelled. */
  | { kind: 'task' }
  /** A task is gone. */
  | { kind: 'deleted'; id: string }
  /** Somebody signed in or out. */
  | { kind: 'session' };

export interface CrossTabSync {
  broadcast(message: TabMessage): void;
  /** Returns how to stop listening. */
  onMessage(listener: (message: TabMessage) => void): () => void;
  close(): void;
}

/** A browser without `BroadcastChannel` has one tab, as far as this goes. */
export function createCrossTabSync(name = 'proofsheet'): CrossTabSync {
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : undefined;
  const listeners = new Set<(message: TabMessage) => void>();
  channel?.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    for (const listener of listeners) listener(data);
  });
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
    broadcast: (message) => channel?.postMessage(message),
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => channel?.close(),
  };
}
