/** `npm run admin -- <noun> <verb>`: the operators' command. */
import { runCommand } from './admin/command/run.ts';
import { backup, checkBackupFile } from './backup-command.ts';
import { loadConfig } from './config.ts';
import { withOperatorConnection } from './operator-connection.ts';
import { restore } from './restore-command.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  connected: (work) => withOperatorConnection(loadConfig({ isServing: false }), work),
  localWorks: {
    backup,
    checkBackup: checkBackupFile,
    restore,
  },
  print: (text) => void process.stdout.write(`${text}\n`),
  printError: (text) => void process.stderr.write(`${text}\n`),
});
