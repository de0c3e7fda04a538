import type { LocalCommand } from './commands.ts';

export const backupCommands: Readonly<Record<string, LocalCommand>> = {
  create: {
    summary: 'Writes rows and pictures into one file, beside a running server too.',
    args: ['file'],
    requiredArgs: 0,
    local: 'backup',
  },
  check: {
    summary: 'Reads a backup whole and compares it with its sums.',
    args: ['file'],
    local: 'checkBackup',
  },
  restore: {
    summary: 'Checks a backup, puts it into an empty installation, and audits that.',
    args: ['file'],
    options: {
      'new-secret': {
        type: 'boolean',
        help: 'Although AUTH_SECRET is another one: sessions end, secrets of webhooks are lost.',
      },
    },
    local: 'restore',
  },
};
