/** What requests to better-auth are checked for before it sees them, and which of their fields are changed. */
import { APIError } from 'better-auth/api';
import { displayName } from './display-name.ts';

/** The longest address that mail can be sent to (RFC 5321, section 4.5.3.1.3, without the brackets). */
const maxEmailCharacters = 254;
const emailFields = ['email', 'newEmail'] as const;

/**
 * Refuses NUL characters, which PostgreSQL cannot store, addresses and names that are no such, and fields of a user that the
 * product does not have; makes a new password end all other sessions.
 * @returns the changes of the body, as a hook of better-auth returns them
 * @throws {APIError} 400
 */
export function checkedRequest(path: string, body: unknown) {
  if (typeof body !== 'object' || body === null) return;
  const fields = body as Record<string, unknown>;
  const faulty = Object.entries(fields).find(
    ([, value]) => typeof value === 'string' && value.includes('\0'),
  );
  if (faulty)
    throw new APIError('BAD_REQUEST', { message: `${faulty[0]} holds a NUL character. Remove it.` });
  if (emailFields.some((field) => String(fields[field] ?? '').length > maxEmailCharacters))
    throw new APIError('BAD_REQUEST', {
      code: 'INVALID_EMAIL',
      message: `An email address has ${maxEmailCharacters} characters at most.`,
    });
  if (path === '/sign-up/email' || path === '/update-user') return named(path, fields);
  if (path === '/change-password') return { context: { body: { ...body, revokeOtherSessions: true } } };
}

/** Users have a name and no picture; better-auth would keep any text as one. */
function named(path: string, { name, ...others }: Record<string, unknown>) {
  if ('image' in others || (path === '/update-user' && Object.keys(others).length > 0))
    throw new APIError('BAD_REQUEST', {
      code: 'INVALID_FIELD',
      message: `A user has a name and an email address. Leave out ${Object.keys(others).join(', ')}.`,
    });
  const checked = displayName(name);
  if (checked === undefined)
    throw new APIError('BAD_REQUEST', {
      code: 'INVALID_NAME',
      message: 'A name has 1 to 100 characters, and no control characters. Choose another one.',
    });
  return { context: { body: { name: checked } } };
}
