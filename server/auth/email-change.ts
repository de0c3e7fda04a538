/** The link that changes the address of an account works in a session of that account only. */
import { APIError } from 'better-auth/api';
import type { Viewer } from './viewer.ts';

type ViewerOf = (headers: Headers) => Viewer | null | Promise<Viewer | null>;

/** Payload of the link's token, which better-auth verifies afterwards. */
interface Payload {
  email?: unknown;
  updateTo?: unknown;
}

/**
 * Before a link is verified: the token of a change stays valid for an hour, also after the password was changed and all
 * sessions were ended, and would open a session for its bearer.
 * @throws {APIError} 401 where the request has no session of the account whose address changes
 */
export async function checkEmailChange(
  { query, headers }: { query?: unknown; headers?: Headers | undefined },
  viewerOf: ViewerOf,
): Promise<void> {
  const { email, updateTo } = payloadOf((query as { token?: unknown } | undefined)?.token);
  if (updateTo === undefined) return;
  const viewer = headers ? await viewerOf(headers) : null;
  if (viewer?.account && viewer.account.email === email) return;
  throw new APIError('UNAUTHORIZED', {
    code: 'UNAUTHORIZED',
    message: 'Sign in to the account whose address changes, and open the link again.',
  });
}

function payloadOf(token: unknown): Payload {
  const [, payload = ''] = typeof token === 'string' ? token.split('.') : [];
  try {
    const parsed: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
