/** Errors of the machine or the configuration that end a start: each one line that says what to do. */

/** The server cannot start; `message` is for the operator: the cause and what to do, without credentials. */
export class StartupError extends Error {
  override name = 'StartupError';
}

/** The line for an operator, where the machine or the configuration caused the error; undefined for a bug. */
export function describeStartupError(
  error: unknown,
  { host, port, dataDir }: { host: string; port: number; dataDir: string },
): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof StartupError) return error.message;
  const {
    syscall,
    errno,
    code: ownCode = '',
    port: usedPort = port,
  } = error as NodeJS.ErrnoException & { port?: number };
  const code = error.name === 'ErrnoError' ? (wasiCodes[errno ?? 0] ?? '') : ownCode;
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    const remedy = listenRemedies[code];
    const variable = usedPort === port ? 'PORT' : 'ADMIN_PORT';
    if (remedy) return `Cannot listen on ${host}:${usedPort} (${code}). ${remedy.replace('$PORT', variable)}`;
  }
  const remedy = folderRemedies[code];
  return remedy && `Cannot use the data folder ${dataDir} (${code}). ${remedy}`;
}

const noHost = 'HOST is no address of this machine: set it to 127.0.0.1, or 0.0.0.0 for all.';
const listenRemedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The address is in use: stop the other process or set $PORT to another port.',
  EACCES: 'Ports below 1024 need special rights: set $PORT to a higher one, behind a reverse proxy.',
  EADDRNOTAVAIL: noHost,
  ENOTFOUND: noHost,
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
const folderRemedies: Readonly<Record<string, string>> = {
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: 'Its file system is read-only: set DATA_DIR to a folder that can be written.',
  ENOSPC: 'No space is left: free some, or set DATA_DIR to a folder on another disk.',
  EDQUOT: 'The disk quota is used up: free some space, or set DATA_DIR to a folder on another disk.',
  ENOTDIR: noFolder,
  ENOENT: noFolder,
  EEXIST: noFolder,
};
