/**
 * Entry point of a process that works on one picture at a time: what the picture costs is then what the process uses, and
 * native code that cannot be interrupted ends with the process.
 */
import sharp from 'sharp';
import { AppError } from '../../lib/errors.ts';
import { type PictureSource, readSource } from './picture-source.ts';
import { cleanUpload, prepareResult, type ProcessedPicture } from './transform.ts';

const works = { cleanUpload, prepareResult };

export interface PictureJob {
  work: keyof typeof works;
  source: PictureSource;
}

export type PictureAnswer = (
  | { picture: ProcessedPicture }
  | { refusal: Pick<AppError, 'code' | 'message' | 'field' | 'figures'> }
  | { error: string }
) & {
  /** The process is not to be used again: it still works on this picture, or holds much memory. */
  isSpent: boolean;
};

const maxIdleBytes = 256 * 1024 * 1024;

// One picture uses one core.
sharp.concurrency(1);

process.on('message', (job: PictureJob) => {
  void answer(job).then((result) => process.send?.(result));
});
// The server has ended. A running decoder would delay `exit`.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function answer({ work, source }: PictureJob): Promise<PictureAnswer> {
  try {
    const picture = await works[work](await readSource(source));
    return { picture, isSpent: process.memoryUsage.rss() > maxIdleBytes };
  } catch (error) {
    if (!(error instanceof AppError)) return { error: String(error), isSpent: true };
    const { code, message, field, figures } = error;
    return { refusal: { code, message, field, figures }, isSpent: sharp.counters().process > 0 };
  }
}
