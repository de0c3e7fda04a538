/** Sign-in, sign-out and the account over the session endpoints. The session is an HttpOnly cookie. */
import { messages } from '../i18n/messages.ts';

interface Credentials {
  email: string;
  password: string;
  /** The token of a mail's link, which the sign-in confirms the address with. */
  confirmation?: string;
}

export type AuthClient = ReturnType<typeof createAuthClient>;

/** Error codes of the server, mapped to problems of a form. */
const problems = {
  INVALID_EMAIL_OR_PASSWORD: 'wrongPassword',
  INVALID_PASSWORD: 'wrongPassword',
  USER_NOT_FOUND: 'wrongPassword',
  INVALID_EMAIL: 'badEmail',
  VALIDATION_ERROR: 'badEmail',
  USER_ALREADY_EXISTS: 'emailTaken',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'emailTaken',
  PASSWORD_TOO_SHORT: 'shortPassword',
  PASSWORD_TOO_LONG: 'longPassword',
  EMAIL_NOT_VERIFIED: 'unverified',
  INVALID_TOKEN: 'badLink',
  TOKEN_EXPIRED: 'badLink',
  UNAUTHORIZED: 'signedOut',
  PASSWORD_REQUIRED: 'passwordRequired',
  SESSION_EXPIRED: 'staleSession',
  SIGNUPS_CLOSED: 'signUpsClosed',
  INVITE_INVALID: 'badInvite',
  SIGNUPS_LIMITED: 'tooManySignUps',
  INVALID_NAME: 'badName',
  PROVIDER_UNREACHABLE: 'providerDown',
  USER_DISABLED: 'disabled',
  access_denied: 'providerRefused',
  account_not_linked: 'notLinked',
  email_not_verified: 'unverified',
} as const;
type ProblemCode = keyof typeof problems;

export type AuthProblem = (typeof problems)[ProblemCode] | 'tooFast' | 'unreachable' | 'unknown';

/** The problem of an error code of the server. */
export function problemOfCode(code: unknown): AuthProblem {
  return problems[code as ProblemCode] ?? 'unknown';
}

interface Outcome {
  /** Undefined on success. */
  problem: AuthProblem | undefined;
  /** The response on success. */
  body: Readonly<Record<string, unknown>>;
}

/** `url` is where better-auth is mounted, absolute and without a slash at its end. */
export function createAuthClient(url: string, send: typeof fetch = (...request) => fetch(...request)) {
  /** Sends a GET without a body. Mails that a request causes are in the language of the page. */
  const request = async (path: string, body?: object): Promise<Outcome> => {
    try {
      const response = await send(`${url}${path}`, {
        method: body ? 'POST' : 'GET',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json', 'accept-language': messages.language },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      const answer = ((await response.json().catch(() => ({}))) ?? {}) as Record<string, unknown>;
      if (response.ok) return { problem: undefined, body: answer };
      const known = problems[answer['code'] as ProblemCode];
      return { problem: known ?? (response.status === 429 ? 'tooFast' : 'unknown'), body: {} };
    } catch {
      return { problem: 'unreachable', body: {} };
    }
  };
  const problemOf = async (path: string, body: object) => (await request(path, body)).problem;
  return {
    request,
    /** `unverified` where the account is created, and is usable once its email address is confirmed. */
    async signUp(
      credentials: Credentials & { name: string; invite?: string | undefined },
    ): Promise<AuthProblem | undefined> {
      const { problem, body } = await request('/sign-up/email', credentials);
      return problem ?? (body['token'] === null ? 'unverified' : undefined);
    },
    signIn: (credentials: Credentials) => problemOf('/sign-in/email', credentials),
    signOut: () => problemOf('/sign-out', {}),
  };
}
