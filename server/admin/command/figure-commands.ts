import { instant, userVariables } from './arguments.ts';
import type { OperationCommand } from './commands.ts';

export const creditUsage: OperationCommand = {
  summary: 'Sums what was charged, refunded and granted: to a user, or to all.',
  args: ['email-or-id'],
  requiredArgs: 0,
  options: {
    from: { type: 'string', hint: 'date', help: 'From this day on, UTC, such as 2026-11-01 (always).' },
    to: { type: 'string', hint: 'date', help: 'Before this day (now).' },
  },
  document: `query ($user: ID, $email: String, $from: DateTime, $to: DateTime) {
    creditUsage(user: $user, email: $email, from: $from, to: $to) {
      charged refunded granted takenBack charges } }`,
  variables: ([user], { from, to }) => ({
    ...userVariables(user),
    from: instant(from, '--from'),
    to: instant(to, '--to'),
  }),
};

export const storedImages: OperationCommand = {
  summary: 'Counts the stored images and their bytes by source, without thumbnails.',
  options: { user: { type: 'string', hint: 'email-or-id', help: 'Those of this user.' } },
  document: `query ($user: ID, $email: String) {
    storedImages(user: $user, email: $email) { source images bytes } }`,
  variables: (_, { user }) => userVariables(user as string | undefined),
  columns: ['source', 'images', 'bytes'],
};
