/** `npm run admin -- <noun> <verb>`: the operators' command. */
import { runCommand } from './admin/command/run.ts';
import { loadConfig } from './config.ts';
import { withOperatorConnection } from './operator-connection.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  connected: (work) => withOperatorConnection(loadConfig({ isServing: false }), work),
  localWorks: {
    backup: async (...call) => (await import('./backup-command.ts')).backup(...call),
    checkBackup: async (...call) => (await import('./backup-command.ts')).checkBackupFile(...call),
    restore: async (...call) => (await import('./restore-command.ts')).restore(...call),
    move: async (...given) => (await import('./move-command.ts')).move(...given),
    doctor: async () => ({ nodes: await (await import('./doctor/doctor.ts')).examineInstallation() }),
  },
  print: (text) => void process.stdout.write(`${text}\n`),
  printError: (text) => void process.stderr.write(`${text}\n`),
});
