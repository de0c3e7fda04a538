/** Aborts on SIGINT and SIGTERM, so that what was begun is removed. */
export function onInterrupt() {
  const interrupted = new AbortController();
  const abort = () => interrupted.abort(new Error('Interrupted: nothing was changed.'));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.once(name, abort);
  return {
    signal: interrupted.signal,
    stop: () => signals.forEach((name) => process.removeListener(name, abort)),
  };
}
