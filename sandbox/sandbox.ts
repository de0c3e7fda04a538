import { z } from 'zod';
import { startGemini } from './gemini/gemini.ts';
import { createPictures } from './drawing/pictures.ts';
import { publishedLimits, startReplicate, type ReplicateLimits } from './replicate/replicate.ts';
import { createPace, type SandboxLog } from './lib/pace.ts';

/** Every emulated API: its start; in `npm run sandbox`, its port and the variables of its keys. */
export const emulators = {
  replicate: {
    start: startReplicate,
    port: 4010,
    keys: {
      token: { variable: 'REPLICATE_API_TOKEN', form: z.string().default('r8_sandbox') },
      webhookSecret: {
        variable: 'REPLICATE_WEBHOOK_SECRET',
        form: z.string().startsWith('whsec_').default('whsec_c2FuZGJveA=='),
      },
    },
  },
  gemini: {
    start: startGemini,
    port: 4011,
    keys: { apiKey: { variable: 'GEMINI_API_KEY', form: z.string().default('sandbox') } },
  },
};

export type SandboxProvider = keyof typeof emulators;

type Emulator<Name extends SandboxProvider> = Awaited<ReturnType<(typeof emulators)[Name]['start']>>;

export interface SandboxOptions {
  /** What to emulate; each gets a port of its own. */
  providers: readonly SandboxProvider[];
  /** How many times faster than the real models work, queue and send webhooks; 1 where absent. */
  speed?: number;
  /** Milliseconds since 1970: what the emulators date by, and when they delete. */
  now?: () => number;
  /** 0 to 1, for the length of a run. */
  random?: () => number;
  /** Requests a minute that Replicate allows; the published ones where absent. */
  replicateLimits?: ReplicateLimits;
  /** True draws patches of colour instead of pictures, in little time: for tests and load. */
  plainPictures?: boolean;
  /**
   * Where the Replicate emulator keeps its predictions, their pictures and what was uploaded, as the real one outlives
   * its clients: the next start on the folder shows them as long as they would have been there, and goes on with
   * predictions that had not ended, even after `kill -9`. In memory alone where absent. One sandbox at a time.
   */
  folder?: string;
  /** Where each listens; a free port where absent. */
  ports?: Partial<Record<SandboxProvider, number>>;
  /** What clients must present, and what webhooks are signed with; generated at each start where absent. */
  keys?: { [Name in SandboxProvider]?: { [Key in keyof (typeof emulators)[Name]['keys']]?: string } };
  log?: SandboxLog;
}

/** What is running: base URLs and keys as the real SDKs take them. A provider that was not asked for is absent. */
export type Sandbox = {
  [Name in SandboxProvider]?: Omit<Emulator<Name>, 'close'>;
} & {
  /** Ends all work and frees every port, connection and timer. */
  close(): Promise<void>;
};

/**
 * Starts emulators of the providers' HTTP APIs on 127.0.0.1, for use without keys. They draw real pictures, and words
 * in a prompt script what else they do (see `script.ts`); each start counts from 0 how often a word has worked.
 */
export async function startSandbox({
  providers,
  speed = 1,
  now = Date.now,
  random = Math.random,
  replicateLimits = publishedLimits,
  plainPictures = false,
  folder,
  ports = {},
  keys = {},
  log = () => {},
}: SandboxOptions): Promise<Sandbox> {
  const pace = createPace({ speed, now, random });
  const pictures = createPictures({ isPlain: plainPictures });
  const options = { pace, pictures, log, limits: replicateLimits, folder };
  const started: { [Name in SandboxProvider]?: Emulator<Name> } = {};
  for (const name of providers)
    Object.assign(started, {
      [name]: await emulators[name].start({ ...options, ...keys[name], port: ports[name] }),
    });
  return {
    ...started,
    async close() {
      await Promise.all([...Object.values(started), pictures].map((part) => part.close()));
    },
  };
}
