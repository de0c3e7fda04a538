import type { Exchange } from '../lib/loopback-server.ts';

/** One endpoint. Its path's groups are handed to `handle` in order. */
export interface Route {
  method: string;
  path: RegExp;
  /** True where neither a token nor a place under the rate limit is needed. */
  isOpen?: boolean;
  /** True where the limit on creations counts instead of the general one. */
  isCreation?: boolean;
  handle(exchange: Exchange, groups: string[]): void | Promise<void>;
}
