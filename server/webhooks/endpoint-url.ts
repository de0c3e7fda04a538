/** Which addresses an endpoint may have. The connection is checked again when it is made (`lib/guarded-fetch.ts`). */
import { isIP } from 'node:net';
import { AppError } from '../lib/errors.ts';
import { isPublicAddress } from '../lib/public-address.ts';

const maxCharacters = 2_048;

/**
 * The address as requests are sent to it: without characters that a URL leaves out, such as NUL, or else encodes.
 * @throws {AppError} INVALID_INPUT where nothing could ever be sent there
 */
export function checkedEndpointUrl(address: string, allowedOrigins: readonly string[]): string {
  const refuse = (message: string) => new AppError('INVALID_INPUT', message, 'input.url');
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol))
    throw refuse('This takes an address, such as https://app.example/webhooks.');
  if (url.username !== '' || url.password !== '')
    throw refuse('An address has no user name or password. Check the signature instead.');
  if (url.href.length > maxCharacters) throw refuse(`An address has up to ${maxCharacters} characters.`);
  if (allowedOrigins.includes(url.origin)) return url.href;
  if (url.protocol === 'https:' && url.port === '' && !isPrivateHost(url.hostname)) return url.href;
  throw refuse(
    `Webhooks are sent to public https addresses on port 443. The operator of this installation can allow another origin: WEBHOOK_ORIGINS=${url.origin}`,
  );
}

function isPrivateHost(hostname: string): boolean {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(literal)) return !isPublicAddress(literal);
  return /(^|\.)localhost\.?$/.test(hostname);
}
