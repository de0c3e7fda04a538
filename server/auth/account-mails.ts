/** The mails of accounts: a forgotten password, and the confirmation of an email address. */
import type { BetterAuthOptions } from 'better-auth';
import { languageOf } from '../lib/accepted-language.ts';
import type { OutgoingMail } from '../mail/outgoing-mail.ts';
import { addressHeader } from '../lib/client-address.ts';
import { type MailKind, writeMail } from '../mail/texts.ts';
import { asksToEndAccess } from './other-access.ts';
import { networkOf } from './sign-ups.ts';

/** How long the links of mails work. */
export const linkSeconds = 3_600;

interface Dependencies {
  outgoingMail: Pick<OutgoingMail, 'send'>;
  publicUrl: string;
  /** Whether an account is usable only once its email address is confirmed. */
  requireEmailVerification: boolean;
  /** Whether a reset is by the link of a mail. */
  isMailedReset: (request: Request | undefined) => boolean;
  /** The stored address of a user. */
  emailOf: (userId: string) => Promise<string | undefined>;
  /** Called when an address is confirmed. */
  onVerified: (userId: string) => Promise<void>;
  /** Called with the user, as it was before, when a forgotten password is replaced. */
  onPasswordReset: (user: {
    id: string;
    emailVerified: boolean;
    /** Whether the user asked to end other access too. */
    endsAccess: boolean;
    /** Whether the link came by mail, which confirms the address. */
    isMailed: boolean;
  }) => Promise<void>;
}

/** Options of better-auth. The links lead to pages of the client, so that a program that fetches links uses none up. */
export function accountMails({
  outgoingMail,
  publicUrl,
  requireEmailVerification,
  isMailedReset,
  emailOf,
  onVerified,
  onPasswordReset,
}: Dependencies) {
  const send = (kind: MailKind, to: string, request: Request | undefined, path?: string) => {
    const language = languageOf(request?.headers.get('accept-language'));
    const mail = writeMail(kind, language, to, path === undefined ? undefined : `${publicUrl}${path}`);
    outgoingMail.send(mail, networkOf(request?.headers.get(addressHeader) ?? ''));
  };
  const withToken = (path: string, token: string) => `${path}?token=${encodeURIComponent(token)}`;
  return {
    emailAndPassword: {
      enabled: true,
      requireEmailVerification,
      resetPasswordTokenExpiresIn: linkSeconds,
      revokeSessionsOnPasswordReset: true,
      async sendResetPassword({ user, token }, request) {
        send('resetPassword', user.email, request, withToken('/reset-password', token));
      },
      onPasswordReset: async ({ user: { id, emailVerified } }, request) =>
        onPasswordReset({
          id,
          emailVerified,
          endsAccess: asksToEndAccess(request),
          isMailed: isMailedReset(request),
        }),
      async onExistingUserSignUp({ user }, request) {
        send('alreadyRegistered', user.email, request, '/account');
      },
    },
    emailVerification: {
      sendOnSignUp: true,
      expiresIn: linkSeconds,
      async sendVerificationEmail({ user, token }, request) {
        send('verifyEmail', user.email, request, withToken('/verify-email', token));
        // Where the address is to change, `user` has the new one.
        const current = await emailOf(user.id);
        if (current !== undefined && current !== user.email) send('changingEmail', current, request);
      },
      afterEmailVerification: async (user) => onVerified(user.id),
    },
  } satisfies BetterAuthOptions;
}
