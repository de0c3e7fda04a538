/** Faults of the machine or the configuration that end a start: each one line that says what to do. */

/** The server cannot start; `message` is for the operator: the cause and what to do, without credentials. */
export class StartupError extends Error {
  override name = 'StartupError';
}

interface Place {
  host: string;
  port: number;
  dataDir: string;
}

/** The line for an operator, where the error is a fault of the machine or the configuration; undefined for a bug. */
export function describeStartupError(error: unknown, { host, port, dataDir }: Place): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (['ConfigError', 'DataDirLocked', 'StartupError'].includes(error.name)) return error.message;
  const { syscall, errno } = error as NodeJS.ErrnoException;
  const code = error.name === 'ErrnoError' ? wasiCodes[errno ?? 0] : (error as NodeJS.ErrnoException).code;
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    const cure = listenCures[code ?? ''];
    if (cure) return `Cannot listen on ${host}:${port} (${code}). ${cure}`;
  }
  const cure = folderCures[code ?? ''];
  return cure && `Cannot use the data folder ${dataDir} (${code}). ${cure}`;
}

const listenCures: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The address is in use: stop the other process or set PORT to another port.',
  EACCES: 'Ports below 1024 need special rights: set PORT to a higher one, behind a reverse proxy.',
  EADDRNOTAVAIL: 'HOST is no address of this machine: set it to 127.0.0.1, or 0.0.0.0 for all.',
  ENOTFOUND: 'HOST is no address of this machine: set it to 127.0.0.1, or 0.0.0.0 for all.',
};

/** Numbers of the file system that the embedded database sees (WASI, `errno`). */
const wasiCodes: Readonly<Record<number, string>> = {
  2: 'EACCES',
  19: 'EDQUOT',
  51: 'ENOSPC',
  63: 'EPERM',
  69: 'EROFS',
};

const notWritable =
  'Give the user of this process the right to write to it, or set DATA_DIR to another folder.';
const noFolder = 'A part of its path is no folder, or is missing: set DATA_DIR to another folder.';
const folderCures: Readonly<Record<string, string>> = {
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: 'Its file system is read-only: set DATA_DIR to a folder that can be written.',
  ENOSPC: 'No space is left: free some, or set DATA_DIR to a folder on another disk.',
  EDQUOT: 'The disk quota is used up: free some space, or set DATA_DIR to a folder on another disk.',
  ENOTDIR: noFolder,
  ENOENT: noFolder,
  EEXIST: noFolder,
};
