/** Which new passwords come from the link of a mail, whose use confirms the address. */
import { operatorMark } from './reset-links.ts';

interface Attempt {
  path: string;
  body?: unknown;
  query?: unknown;
  request?: Request | undefined;
}

/** Tells the resets by mailed links from the others, which better-auth does not: it reports no token with a reset. */
export function createMailedResets() {
  const requests = new WeakSet<Request>();
  const tokenIn = (fields: unknown) => (fields as { token?: unknown } | undefined)?.token;
  return {
    /** Before better-auth checks the token. */
    learn({ path, body, query, request }: Attempt): void {
      if (path !== '/reset-password' || !request) return;
      // In the order in which better-auth reads them.
      const token = tokenIn(body) || tokenIn(query);
      if (typeof token === 'string' && !token.startsWith(operatorMark)) requests.add(request);
    },
    /** Whether the request has the token of a mail. */
    has: (request: Request | undefined): boolean => request !== undefined && requests.has(request),
  };
}
