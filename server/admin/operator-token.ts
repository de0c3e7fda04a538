/**
 * Tokens of the command for the server that uses the same DATA_DIR: only a process that reads the secret of the installation
 * makes one. They are short-lived, so that one in a log is of no use.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { AppError } from '../lib/errors.ts';
import { deriveSecrets, type Secrets } from '../lib/secret.ts';
import { commandId } from './audit-trail.ts';

const prefix = 'psop_';
const lifetimeMs = 60_000;

/** The command as the caller of a request: what is for operators, and nothing else. */
export const commandViewer = {
  id: commandId,
  credentialId: commandId,
  role: 'ADMIN',
  scopes: ['ADMIN'],
} as const;

/** The secrets of the tokens; the current one signs. */
export const operatorSecrets = (secrets: Secrets) => deriveSecrets(secrets, 'operator tokens');

export function createOperatorToken(secret: string, nowMs = Date.now()): string {
  const expiresAtMs = String(nowMs + lifetimeMs);
  return `${prefix}${expiresAtMs}.${signatureOf(expiresAtMs, secret)}`;
}

/** Whether the token is of the secret and has not expired. */
export function isOperatorToken(token: string, secret: string, nowMs = Date.now()): boolean {
  const [expiresAtMs = '', signature = ''] = token.slice(prefix.length).split('.');
  const [given, wanted] = [signature, signatureOf(expiresAtMs, secret)].map((text) => Buffer.from(text));
  const isSigned = given!.length === wanted!.length && timingSafeEqual(given!, wanted!);
  return isSigned && token.startsWith(prefix) && Number(expiresAtMs) > nowMs;
}

const signatureOf = (expiresAtMs: string, secret: string) =>
  createHmac('sha256', secret).update(expiresAtMs).digest('base64url');

const tokenOf = (authorization: string) => /^bearer (\S+)$/i.exec(authorization)?.[1] ?? '';

/** Whether the headers of a request have such a token. */
export function isOperatorRequest(
  { authorization = '' }: { authorization?: string | undefined },
  { current, accepted }: Secrets,
): boolean {
  const token = tokenOf(authorization);
  return [current, ...accepted].some((secret) => isOperatorToken(token, secret));
}

/** The look-up of a request's user, which knows these tokens too. @throws {AppError} UNAUTHENTICATED for a wrong one */
export function withOperatorTokens<Viewer>(
  viewerOf: (headers: Credentials) => Viewer,
  secrets: Secrets,
): (headers: Credentials) => Viewer | typeof commandViewer {
  return (headers) => {
    const authorization = headers.get('authorization') ?? '';
    if (!tokenOf(authorization).startsWith(prefix)) return viewerOf(headers);
    if (isOperatorRequest({ authorization }, secrets)) return commandViewer;
    throw new AppError('UNAUTHENTICATED', 'This operator token has expired, or is of another installation.');
  };
}

type Credentials = Pick<Headers, 'get'>;
