/** The credentials of a WebSocket: of its upgrade request, and in `connectionParams`, because a browser cannot set headers. */
import type { IncomingMessage } from 'node:http';
import { type Credentials, credentialsOf } from '../http/request-limits.ts';
import { AppError } from '../lib/errors.ts';

/** An error message would quote a value that a header cannot have. */
const credentialForms: ReadonlyMap<string, RegExp> = new Map([
  ['authorization', /^bearer [\x20-\x7e]{1,4096}$/i],
  ['x-api-key', /^[\x20-\x7e]{1,4096}$/],
]);

/**
 * The credentials of the `connectionParams`; where they hold none, those of the upgrade request.
 * @throws {AppError} UNAUTHENTICATED where a parameter holds none, so that the cookie does not take its place
 */
export function handshakeHeaders(
  request: IncomingMessage,
  params: Record<string, unknown> = {},
): Credentials {
  const sent = new Headers();
  for (const [name, value] of Object.entries(params)) {
    const header = name === 'apiKey' ? 'x-api-key' : name.toLowerCase();
    const form = credentialForms.get(header);
    if (!form) continue;
    if (typeof value !== 'string' || !form.test(value)) {
      const message = `\`${name}\` of connectionParams holds no credential. Leave it out where there is none.`;
      throw new AppError('UNAUTHENTICATED', message);
    }
    // Two that differ are joined to one that is not valid.
    if (sent.get(header) !== value) sent.append(header, value);
  }
  return [...sent.keys()].length > 0 ? sent : credentialsOf(request);
}
