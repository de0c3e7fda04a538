import type { Histogram } from 'prom-client';
import type { ImageProvider } from '../providers/provider.ts';

/** The provider, with each call timed under its name and its outcome: a state, `none`, `ok` or `error`. */
export function timeProvider(
  provider: ImageProvider,
  name: string,
  calls: Histogram<'provider' | 'call' | 'outcome'>,
): ImageProvider {
  const timed =
    <A extends unknown[], R>(call: string, run: (...args: A) => Promise<R>, outcome: (result: R) => string) =>
    async (...args: A): Promise<R> => {
      const end = calls.startTimer({ provider: name, call });
      try {
        const result = await run(...args);
        end({ outcome: outcome(result) });
        return result;
      } catch (error) {
        end({ outcome: 'error' });
        throw error;
      }
    };
  const { poll, find, cancel, reports } = provider;
  return {
    ...(reports && { reports }),
    start: timed('start', provider.start.bind(provider), (state) => state.status),
    ...(poll && { poll: timed('poll', poll.bind(provider), (state) => state.status) }),
    ...(find && { find: timed('find', find.bind(provider), (state) => state?.status ?? 'none') }),
    ...(cancel && { cancel: timed('cancel', cancel.bind(provider), () => 'ok') }),
  };
}
