/** Requests that fail before anything of them runs: they cost the server work as well, and are counted before they are read. */
import type { IncomingMessage } from 'node:http';
import type { AddressOf } from './client-address.ts';
import { credentialsOf } from './credentials.ts';
import type { Limiter } from './limiter.ts';

export interface RefusalLimit {
  /**
   * Counts the request as refused, until it is told to have been accepted. An address over its limit still admits its
   * users: their requests are counted by user, so that neighbours behind one address cannot lock each other out.
   * @param credentials those of the request, unless they came another way
   */
  admit(request: IncomingMessage, credentials?: Headers): Promise<Admission>;
}

export interface Admission {
  /** 0 where the request may be read; else the milliseconds to wait. */
  waitMs: number;
  /** To be called when the request begins to run: it was not refused. */
  accept(): void;
}

interface Dependencies {
  limiter: Limiter;
  addressOf: AddressOf;
  /** The user of the credentials; null where they are none of a session. */
  viewerOf: (credentials: Headers) => Promise<{ id: string } | null>;
}

export function createRefusalLimit({ limiter, addressOf, viewerOf }: Dependencies): RefusalLimit {
  return {
    async admit(request, credentials = credentialsOf(request)) {
      let key = `address ${addressOf(request)}`;
      let waitMs = await limiter.take(key);
      if (waitMs > 0) {
        const viewer = await viewerOf(credentials).catch(() => null);
        if (viewer) {
          key = `user ${viewer.id}`;
          waitMs = await limiter.take(key);
        }
      }
      let isAccepted = false;
      return {
        waitMs,
        accept() {
          if (!isAccepted) void limiter.giveBack(key);
          isAccepted = true;
        },
      };
    },
  };
}
