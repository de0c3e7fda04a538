import { unreadable } from './refusals.ts';

const intervalMs = 100;

/**
 * The result of the work, which may use that many seconds of this process's CPU time. Waiting for a busy machine costs a
 * picture none of it. The work itself continues: native code cannot be interrupted, so end the process.
 * @throws {AppError} UNREADABLE_IMAGE where it takes more
 */
export async function withinCpuTime<Result>(seconds: number, work: Promise<Result>): Promise<Result> {
  const start = process.cpuUsage();
  const { promise: exceeded, reject } = Promise.withResolvers<never>();
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(start);
    if (user + system > seconds * 1_000_000) reject(unreadable('takes too long to read. Make it smaller'));
  }, intervalMs);
  try {
    return await Promise.race([work, exceeded]);
  } finally {
    clearInterval(timer);
  }
}
