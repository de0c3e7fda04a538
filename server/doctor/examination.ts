/** The checks of `npm run admin -- doctor`: independent of each other, each with a time limit. */
import { withTimeout } from '../lib/timeout.ts';

export interface Finding {
  /** `skipped`: what it checks is not used. */
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** In the case of a warning or failure: what is wrong and what to do. It contains no secret. */
  explanation: string;
}

export interface Check {
  name: string;
  /** Rejects where it fails, with an explanation as message. It does not change anything for good. */
  run(): Promise<Finding>;
}

export type Examined = { check: string } & Finding;

export const ok = (explanation: string): Finding => ({ state: 'ok', explanation });
export const warning = (explanation: string): Finding => ({ state: 'warning', explanation });
export const failed = (explanation: string): Finding => ({ state: 'failed', explanation });
export const skipped = (explanation: string): Finding => ({ state: 'skipped', explanation });

/** Runs all checks at once. @returns their findings, in the order of the checks */
export function examine(checks: readonly Check[], { timeoutMs }: { timeoutMs: number }): Promise<Examined[]> {
  const late = `No answer within ${timeoutMs / 1_000} seconds.`;
  return Promise.all(
    checks.map(async ({ name, run }) => {
      const finding = await withTimeout(timeoutMs, late, run()).catch((error: unknown) =>
        failed(error instanceof Error && error.message !== '' ? error.message : String(error)),
      );
      return { check: name, ...finding };
    }),
  );
}
