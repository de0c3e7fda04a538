/** Both emulators as a process of their own, which several servers, or the tests of another project, can share. */
import { inspect } from 'node:util';
import { z } from 'zod';
import { type SandboxProvider, startSandbox } from './sandbox.ts';

/** Read first: npm may end before the sandbox has started. */
const parentId = process.ppid;
const parentCheckMs = 500;
const stopWithinMs = 10_000;
const portNumber = z.coerce.number().int().min(0).max(65_535);

/** Every variable and its default. The keys do not change from start to start, so that clients keep theirs. */
const variables = z.object({
  SANDBOX_REPLICATE_PORT: portNumber.default(4010),
  SANDBOX_GEMINI_PORT: portNumber.default(4011),
  SANDBOX_SPEED: z.coerce.number().min(0.1).max(1000).default(1),
  SANDBOX_DIR: z.string().optional(),
  REPLICATE_API_TOKEN: z.string().default('r8_sandbox'),
  REPLICATE_WEBHOOK_SECRET: z.string().startsWith('whsec_').default('whsec_c2FuZGJveA=='),
  GEMINI_API_KEY: z.string().default('sandbox'),
});

/** Exits with 1 where a variable cannot be used, and says which. An empty value counts as unset. */
function readVariables(): z.infer<typeof variables> {
  const set = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const { data, error } = variables.safeParse(set);
  if (data) return data;
  const faults = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exit(1);
}

/** npm starts this through a shell, which ends on SIGTERM without passing the signal on. */
function whenParentEnds(callback: () => void): void {
  setInterval(() => process.ppid !== parentId && callback(), parentCheckMs).unref();
}

async function run(): Promise<void> {
  const set = readVariables();
  const ports: Record<SandboxProvider, number> = {
    replicate: set.SANDBOX_REPLICATE_PORT,
    gemini: set.SANDBOX_GEMINI_PORT,
  };
  const sandbox = await startSandbox({
    providers: Object.keys(ports) as SandboxProvider[],
    speed: set.SANDBOX_SPEED,
    ...(set.SANDBOX_DIR !== undefined && { folder: set.SANDBOX_DIR }),
    ports,
    keys: {
      token: set.REPLICATE_API_TOKEN,
      webhookSecret: set.REPLICATE_WEBHOOK_SECRET,
      apiKey: set.GEMINI_API_KEY,
    },
    log: (message, details = {}) => process.stderr.write(`${message} ${inspect(details)}\n`),
  });

  let isStopping = false;
  async function stop() {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    await sandbox.close();
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  if (process.env['npm_lifecycle_event'] !== undefined) whenParentEnds(() => void stop());

  const { replicate, gemini } = sandbox;
  console.log(
    [
      '# The sandbox serves. Set for its clients:',
      `REPLICATE_BASE_URL=${replicate?.baseUrl}`,
      `REPLICATE_API_TOKEN=${replicate?.token}`,
      `REPLICATE_WEBHOOK_SECRET=${replicate?.webhookSecret}`,
      `GEMINI_BASE_URL=${gemini?.baseUrl}`,
      `GEMINI_API_KEY=${gemini?.apiKey}`,
    ].join('\n'),
  );
}

try {
  await run();
} catch (error) {
  process.stderr.write(
    `The sandbox cannot start: ${error instanceof Error ? error.message : inspect(error)}\n`,
  );
  process.exit(1);
}
