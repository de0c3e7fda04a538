import type { Pictures } from '../drawing/pictures.ts';
import type { Pace, SandboxLog } from '../lib/pace.ts';
import type { Stats } from '../lib/stats.ts';
import type { Records } from '../lib/store.ts';

/** What the parts of the emulator share. */
export interface Emulator {
  /** `http://127.0.0.1:PORT`. */
  origin: string;
  webhookSecret: string;
  pace: Pace;
  pictures: Pictures;
  stats: Stats;
  records: Records;
  /** Aborts when the emulator closes. */
  signal: AbortSignal;
  log: SandboxLog;
}
