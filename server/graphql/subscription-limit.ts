/** Limits the subscriptions that one caller may have at a time, over all sockets and streams. */
import type { Plugin } from 'graphql-yoga';
import { AppError } from '../lib/errors.ts';
import { createPerKeyCounter } from '../lib/per-key-limits.ts';
import type { Log } from '../lib/log.ts';
import type { Context } from './context.ts';
import { publicError } from './public-error.ts';

/** Refuses further ones with RATE_LIMITED. A caller is the signed-in user, or else the address. */
export function limitSubscriptions(maxPerUser: number, log: Log): Plugin<Context> {
  const acquire = createPerKeyCounter(maxPerUser);
  return {
    onSubscribe({ args, setResultAndStopExecution }) {
      const { viewer, address } = args.contextValue;
      const release = acquire(viewer ? `user ${viewer.id}` : `address ${address}`);
      if (!release) {
        const message = `You may follow ${maxPerUser} subscriptions at a time. End one of them first.`;
        return setResultAndStopExecution({
          errors: [publicError(new AppError('RATE_LIMITED', message), log)],
        });
      }
      return {
        onSubscribeResult: ({ result }) => (Symbol.asyncIterator in result ? { onEnd: release } : release()),
        onSubscribeError: release,
      };
    },
  };
}
