import { type ChildProcess, fork } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import { AppError } from '../../lib/errors.ts';
import type { PictureAnswer, PictureJob } from './child-process.ts';
import type { PictureSource } from './picture-source.ts';
import type { ProcessedPicture } from './transform.ts';

const entry = new URL('./child-process.ts', import.meta.url);
/** The last resort, for a process that hangs without using CPU time. */
const maxWorkMs = 180_000;
const maxIdleMs = 300_000;
const lowPriority = constants.priority.PRIORITY_BELOW_NORMAL;

/**
 * Processes that decode and encode pictures. They start when needed and hold no secrets.
 * @param maxProcesses How many pictures the caller works on at once, at most.
 */
export function createProcessPool(maxProcesses: number) {
  const pool = createPool(maxProcesses);
  return {
    /**
     * Works on one picture in a process that does nothing else meanwhile.
     * @throws {AppError} as the work does
     * @throws {Error} where the process ends before it answers, or takes longer than any picture does
     */
    async run(work: PictureJob['work'], source: PictureSource): Promise<ProcessedPicture> {
      const child = pool.take();
      const answer = await ask(child, { work, source });
      if (answer.isSpent || !child.connected) pool.drop(child);
      else pool.release(child);
      if ('picture' in answer) return answer.picture;
      if ('refusal' in answer) {
        const { code, message, field, figures } = answer.refusal;
        throw new AppError(code, message, field, figures);
      }
      throw new Error(answer.error);
    },
    /** Ends all processes; work in progress fails. */
    close: () => pool.close(),
  };
}

/** Idle and busy processes. */
function createPool(maxProcesses: number) {
  const idle = new Map<ChildProcess, NodeJS.Timeout>();
  const busy = new Set<ChildProcess>();

  const start = (): ChildProcess => {
    const child = forkChild();
    // A process that could not be started has no `exit`.
    child.on('error', () => drop(child)).once('exit', () => drop(child));
    return child;
  };

  /** Ends the process. */
  const drop = (child: ChildProcess): void => {
    clearTimeout(idle.get(child));
    idle.delete(child);
    busy.delete(child);
    child.kill('SIGKILL');
  };

  const release = (child: ChildProcess): void => {
    busy.delete(child);
    idle.set(child, setTimeout(() => drop(child), maxIdleMs).unref());
    // An idle process must not prevent the server, or a script, from exiting.
    child.unref();
    child.channel?.unref();
  };

  const spare = (): void => {
    try {
      release(start());
    } catch {
      // The machine has no room for it now: the next picture tries again.
    }
  };

  return {
    drop,
    release,
    /** A process for one picture; starts another in advance, so that the next picture need not wait for it. */
    take(): ChildProcess {
      const [child = start()] = idle.keys();
      clearTimeout(idle.get(child));
      idle.delete(child);
      busy.add(child);
      child.ref();
      child.channel?.ref();
      if (idle.size === 0 && busy.size < maxProcesses) spare();
      return child;
    },
    close(): void {
      for (const child of [...idle.keys(), ...busy]) drop(child);
    },
  };
}

function forkChild(): ChildProcess {
  const child = fork(entry, {
    // Without this process's flags and secrets. With more arenas, glibc holds on to the memory of each thread.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { MALLOC_ARENA_MAX: '2' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // The server itself comes first. A priority cannot be raised, where the server's own is lower already.
  if (child.pid !== undefined) setPriority(child.pid, Math.max(getPriority(), lowPriority));
  return child;
}

async function ask(child: ChildProcess, job: PictureJob): Promise<PictureAnswer> {
  const { promise, resolve } = Promise.withResolvers<PictureAnswer>();
  const onExit = (code: number | null, signal: string | null) =>
    resolve({ error: `The process of a picture ended: ${signal ?? code}`, isSpent: true });
  const onError = (error: Error) => resolve({ error: String(error), isSpent: true });
  const onTimeout = () => resolve({ error: `A picture took ${maxWorkMs} ms`, isSpent: true });
  const timer = setTimeout(onTimeout, maxWorkMs);
  child.once('message', resolve).once('exit', onExit).once('error', onError);
  try {
    child.send(job, (error) => error && onError(error));
  } catch (error) {
    // A process that could not be started has no channel.
    onError(error as Error);
  }
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', resolve).off('exit', onExit).off('error', onError);
  }
}
