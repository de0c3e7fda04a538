/** What a request says about its user. */
import type { IncomingMessage } from 'node:http';

/** The headers of the request that may name a session. */
export function credentialsOf({ headers }: IncomingMessage): Headers {
  const credentials = new Headers();
  for (const name of ['cookie', 'authorization'] as const) {
    const value = headers[name];
    if (value) credentials.set(name, value);
  }
  return credentials;
}
