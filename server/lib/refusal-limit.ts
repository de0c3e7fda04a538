/** Counts requests that fail before they run, because reading and checking them costs the server work as well. */
import type { IncomingMessage } from 'node:http';
import type { AddressOf } from './client-address.ts';
import { credentialsOf } from './credentials.ts';
import { delayRefusal, type Limiter } from './limiter.ts';

export interface RefusalLimit {
  /**
   * Counts the request as refused, until it is accepted. An address over its limit still admits its users: their requests
   * are counted by user, so that neighbours behind one address cannot lock each other out.
   * @param credentials by default those in the request's headers
   */
  admit(request: IncomingMessage, credentials?: Headers): Promise<Admission>;
}

export interface Admission {
  /** 0 where the request may be read; else the milliseconds to wait. */
  waitMs: number;
  /** Called when the request begins to run: it was not refused. */
  accept(): void;
  /** Called at the end with the size of the request: a refused one counts once more for each 128 KiB, 64 times at most. */
  countBytes(bytes: number): void;
}

interface Dependencies {
  limiter: Limiter;
  addressOf: AddressOf;
  /** The user of the credentials; null where they are none of a session. */
  viewerOf: (credentials: Headers) => Promise<{ id: string } | null>;
}

/** Reading as many bytes takes about as long as checking a short request. */
const bytesPerPoint = 128 * 1024;
/** So that a few files that are far too large do not lock their user out. */
const maxSizePoints = 64;

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
        waitMs: await delayRefusal(waitMs),
        accept() {
          if (!isAccepted) void limiter.giveBack(key);
          isAccepted = true;
        },
        countBytes(bytes) {
          const points = Math.min(Math.floor(bytes / bytesPerPoint), maxSizePoints);
          if (!isAccepted && points > 0) void limiter.take(key, points);
        },
      };
    },
  };
}
