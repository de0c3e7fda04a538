/** Runs the server, restarted on change, and Vite's development server with hot reload; Ctrl+C stops both. */
import { spawn } from 'node:child_process';

const commands = [
  ['node', '--watch', '--disable-warning=ExperimentalWarning', 'server/main.ts'],
  ['vite', 'client', '--configLoader', 'native'],
] as const;
const children = commands.map(([name, ...args]) => spawn(name, args, { stdio: 'inherit' }));
for (const child of children)
  child.on('exit', (code) => {
    for (const other of children) other.kill();
    process.exitCode ??= code ?? 0;
  });
