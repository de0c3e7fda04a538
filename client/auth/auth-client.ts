/** Sign-in and sign-out over the session endpoints. The session is an HttpOnly cookie. */

interface Credentials {
  email: string;
  password: string;
}

export type AuthClient = ReturnType<typeof createAuthClient>;

/** better-auth's error codes, mapped to problems of the form. */
const problems = {
  INVALID_EMAIL_OR_PASSWORD: 'wrongPassword',
  INVALID_PASSWORD: 'wrongPassword',
  USER_NOT_FOUND: 'wrongPassword',
  INVALID_EMAIL: 'badEmail',
  USER_ALREADY_EXISTS: 'emailTaken',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'emailTaken',
  PASSWORD_TOO_SHORT: 'shortPassword',
  PASSWORD_TOO_LONG: 'longPassword',
} as const;
type ProblemCode = keyof typeof problems;

export type AuthProblem = (typeof problems)[ProblemCode] | 'tooFast' | 'unreachable' | 'unknown';

/**
 * `url` is where better-auth is mounted, absolute and without a slash at its end. Each function resolves to the problem;
 * undefined on success.
 */
export function createAuthClient(url: string, send: typeof fetch = (...request) => fetch(...request)) {
  const post = async (path: string, body: object): Promise<AuthProblem | undefined> => {
    try {
      const response = await send(`${url}${path}`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(30_000),
      });
      if (response.ok) return undefined;
      if (response.status === 429) return 'tooFast';
      const { code } = (await response.json().catch(() => ({}))) as { code?: string };
      return problems[code as ProblemCode] ?? 'unknown';
    } catch {
      return 'unreachable';
    }
  };
  return {
    signUp: (credentials: Credentials & { name: string }) => post('/sign-up/email', credentials),
    signIn: (credentials: Credentials) => post('/sign-in/email', credentials),
    signOut: () => post('/sign-out', {}),
  };
}
