import { integer, userVariables } from './arguments.ts';
import type { OperationCommand } from './commands.ts';
import { UsageError } from './usage-error.ts';

/** Links that operators pass on, and the end of an account. */
export const accountCommands: Readonly<Record<string, OperationCommand>> = {
  'reset-link': {
    summary: 'Prints a link with which the user chooses a new password. It works once and for an hour.',
    args: ['email-or-id'],
    document: `mutation ($user: ID, $email: String) {
      createPasswordResetLink(user: $user, email: $email) { link expiresAt } }`,
    variables: ([user]) => userVariables(user),
  },
  delete: {
    summary: 'Deletes an account with its tasks and images, for ever. Needs --yes.',
    args: ['email-or-id'],
    options: { yes: { type: 'boolean', help: 'Really delete it.' } },
    document: 'mutation ($user: ID, $email: String) { deleteUser(user: $user, email: $email) { deletedId } }',
    variables([user], { yes }) {
      if (yes !== true) throw new UsageError('This cannot be undone. Give --yes to delete the account.');
      return userVariables(user);
    },
  },
  invite: {
    summary: 'Prints a link with which one account can be created where SIGNUPS is invite.',
    options: {
      note: { type: 'string', hint: 'text', help: 'What to remember about it.' },
      days: { type: 'string', hint: 'number', help: 'How long it is valid, 1 to 365 days (7).' },
    },
    document: `mutation ($note: String, $days: Int) {
      createInvite(note: $note, days: $days) { link invite { id note expiresAt } } }`,
    variables: (_, { note, days = '7' }) => ({ note, days: integer(days as string, '--days', 1, 365) }),
  },
  invites: {
    summary: 'Lists invitations, newest first, used and expired ones included.',
    document: '{ invites { id note createdAt expiresAt usedAt } }',
    columns: ['createdAt', 'expiresAt', 'usedAt', 'note', 'id'],
  },
  'revoke-invite': {
    summary: 'Removes an invitation. An account that was created with it stays.',
    args: ['invite-id'],
    document: 'mutation ($id: ID!) { revokeInvite(id: $id) { revokedId } }',
    variables: ([id]) => ({ id }),
  },
};
