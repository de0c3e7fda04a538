/** A cookie that says whether the visitor may be signed in: no script can read the session's own. */
import type { Handler } from './handler.ts';

/** Present with the value 1 where the browser holds a session's cookie. `client/auth/session.ts` reads it. */
const hintName = 'proofsheet.signed-in';
/** Of better-auth; with this prefix where cookies are for https only. */
const sessionCookie = /(?:^|;\s*)(?:__Secure-)?better-auth\.session_token=[^;]/;

/** Sets or clears the hint with the page, where it differs from the session's cookie. */
export function withSessionHint(serve: Handler): Handler {
  return (request, response) => {
    const cookies = request.headers.cookie ?? '';
    const isSignedIn = sessionCookie.test(cookies);
    if (isSignedIn !== cookies.includes(`${hintName}=1`))
      response.appendHeader(
        'Set-Cookie',
        `${hintName}=${isSignedIn ? '1' : '; Max-Age=0'}; Path=/; SameSite=Lax`,
      );
    return serve(request, response);
  };
}
