/** `npm run admin -- <noun> <verb>`: the operators' command. */
import { runCommand } from './admin/command/run.ts';
import { loadConfig } from './config/config.ts';
import { withOperatorConnection } from './commands/connection.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  connected: (work) => withOperatorConnection(loadConfig({ isServing: false }), work),
  localWorks: {
    backup: async (...call) => (await import('./commands/backup.ts')).backup(...call),
    checkBackup: async (...call) => (await import('./commands/backup.ts')).checkBackupFile(...call),
    restore: async (...call) => (await import('./commands/restore.ts')).restore(...call),
    move: async (...given) => (await import('./commands/move.ts')).move(...given),
    doctor: async () => ({ nodes: await (await import('./doctor/doctor.ts')).examineInstallation() }),
  },
  print: (text) => void process.stdout.write(`${text}\n`),
  printError: (text) => void process.stderr.write(`${text}\n`),
});
