import type { IncomingMessage } from 'node:http';
import type { OwnOrigin } from './origin.ts';

/** For one request: the address of a stored picture, as its caller reaches it. */
export type FileAddresses = (request: IncomingMessage) => (url: string) => string;

/**
 * Files that this server serves itself have their address under `publicUrl`. A page that was opened at another address of
 * the server gets them at that one: the public one may mean nothing to its browser, as `localhost` on another machine.
 */
export function createFileAddresses(options: { publicUrl: string; ownOrigin: OwnOrigin }): FileAddresses {
  const { publicUrl, ownOrigin } = options;
  return (request) => {
    const { origin } = request.headers;
    const isOwnPage = origin !== undefined && origin !== publicUrl && origin === ownOrigin(request);
    return (url) =>
      isOwnPage && url.startsWith(`${publicUrl}/files/`) ? origin + url.slice(publicUrl.length) : url;
  };
}
