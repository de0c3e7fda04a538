/** What each caller has at a time, such as open sockets: an API key leaves half of it to its user's page and other keys. */
import { createPerKeyCounter } from '../lib/per-key-limits.ts';
import type { Caller } from './operation-quota.ts';

/** The limit that refuses a caller one more. */
export interface ReachedLimit {
  of: 'key' | 'caller';
  max: number;
}

/** @param maxPerCaller Of each user, over its sessions and keys, and of each address without a user. */
export function createCallerPlaces(maxPerCaller: number) {
  const maxPerKey = Math.ceil(maxPerCaller / 2);
  const acquireForCaller = createPerKeyCounter(maxPerCaller);
  const acquireForKey = createPerKeyCounter(maxPerKey);

  /** Takes one more. @returns Its release, or the limit that is reached */
  return ({ viewer, address }: Caller): (() => void) | ReachedLimit => {
    const releaseKey = viewer?.apiKeyId === undefined ? () => {} : acquireForKey(viewer.apiKeyId);
    if (!releaseKey) return { of: 'key', max: maxPerKey };
    const releaseCaller = acquireForCaller(viewer ? `user ${viewer.id}` : `address ${address}`);
    if (releaseCaller && viewer?.apiKeyId === undefined) return releaseCaller;
    if (releaseCaller)
      return () => {
        releaseKey();
        releaseCaller();
      };
    releaseKey();
    return { of: 'caller', max: maxPerCaller };
  };
}
