/** What a caller may still ask for in this minute, and how a response reports it. */
import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { RateLimiter, Usage } from '../lib/rate-limiter.ts';
import type { Viewer } from './context.ts';

/** What is left for the caller by one of its limits, in points. */
interface Allowance extends Usage {
  name: 'user' | 'key' | 'address';
  limit: number;
}

/** At least one, the tightest first. */
export type Allowances = readonly [Allowance, ...Allowance[]];

/** The address is needed where there is no viewer. */
export interface Caller {
  viewer: Pick<Viewer, 'id' | 'apiKeyId'> | null;
  address?: string;
}

export type OperationQuota = ReturnType<typeof createOperationQuota>;

/**
 * Counts a visitor by address, a user over all sessions and keys, and each API key separately as well.
 * @param limits.callers Of each user and each address.
 * @param limits.keys Of each API key: less than a user's, so that one integration leaves room for its user's page.
 */
export function createOperationQuota({ callers, keys }: { callers: RateLimiter; keys: RateLimiter }) {
  /** No promise where the limit admits it. */
  const take = (name: Allowance['name'], id: string | undefined, points: number) => {
    const limiter = name === 'key' ? keys : callers;
    const usage = limiter.take(`${name} ${id}`, points);
    const allowance = ({ waitMs, remaining, resetMs }: Usage): Allowance => ({
      name,
      limit: limiter.perMinute,
      waitMs,
      remaining,
      resetMs,
    });
    return usage instanceof Promise ? usage.then(allowance) : allowance(usage);
  };
  const takeByKey = async (userId: string, apiKeyId: string, points: number): Promise<Allowances> => {
    const key = await take('key', apiKeyId, points);
    // What is refused to a key takes nothing from its user.
    const user = await take('user', userId, key.waitMs > 0 ? 0 : points);
    return isTighter(user, key) ? [user, key] : [key, user];
  };
  return {
    /** Counts the points for the caller; 0 only reads the count. No promise where a session or an address is admitted. */
    take({ viewer, address }: Caller, points: number): Allowances | Promise<Allowances> {
      if (viewer?.apiKeyId !== undefined) return takeByKey(viewer.id, viewer.apiKeyId, points);
      const taken = viewer ? take('user', viewer.id, points) : take('address', address, points);
      return taken instanceof Promise ? taken.then((allowance) => [allowance]) : [taken];
    },
  };
}

function isTighter(one: Allowance, other: Allowance): boolean {
  return one.remaining === other.remaining ? one.resetMs > other.resetMs : one.remaining < other.remaining;
}

/** The milliseconds to wait; 0 where no limit refuses the operation. */
export function waitMsOf(allowances: Allowances): number {
  return Math.max(...allowances.map(({ waitMs }) => waitMs));
}

/** `extensions.cost` of a result: the points of the operation, and what is left by the tightest limit. */
export function describeCost(requested: number, [{ limit, remaining, resetMs }]: Allowances) {
  return { requested, limit, remaining, resetAt: new Date(Date.now() + resetMs).toISOString() };
}

/** `RateLimit` and `RateLimit-Policy`, for each of the limits: draft-ietf-httpapi-ratelimit-headers. */
export function setRateLimitHeaders(response: ServerResponse, allowances: Allowances): void {
  const list = (parameters: (allowance: Allowance) => string) =>
    allowances.map((allowance) => `"${allowance.name}";${parameters(allowance)}`).join(', ');
  response.setHeader(
    'RateLimit-Policy',
    list(({ limit }) => `q=${limit};w=60`),
  );
  response.setHeader(
    'RateLimit',
    list(({ remaining, resetMs }) => `r=${remaining};t=${Math.ceil(resetMs / 1000)}`),
  );
}

/** `Retry-After`: the longest wait that an error asks for, in seconds. */
export function setRetryAfter(response: ServerResponse, errors: readonly GraphQLError[]): void {
  const waits = errors.map(({ extensions }) => Number(extensions['retryAfter'] ?? 0));
  if (Math.max(0, ...waits) > 0) response.setHeader('Retry-After', Math.max(...waits));
}
