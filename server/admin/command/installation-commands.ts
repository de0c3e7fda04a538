import type { LocalCommand } from './commands.ts';

export const installationCommands: Readonly<Record<string, LocalCommand>> = {
  move: {
    summary:
      'Copies rows and pictures of a stopped installation to another database and storage, and compares them.',
    options: {
      to: {
        type: 'string',
        hint: 'file',
        help: 'The variables of the target, as in .env: DATABASE_URL, DATA_DIR, S3_*, AUTH_SECRET.',
      },
    },
    local: 'move',
  },
};
