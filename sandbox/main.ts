/** Both emulators as a process of their own, which several servers, or the tests of another project, can share. */
import { inspect } from 'node:util';
import { z } from 'zod';
import { emulators, type SandboxProvider, startSandbox } from './sandbox.ts';

/** Read first: npm may end before the sandbox has started. */
const parentId = process.ppid;
const parentCheckMs = 500;
const stopWithinMs = 10_000;
const portNumber = z.coerce.number().int().min(0).max(65_535);

const names = Object.keys(emulators) as SandboxProvider[];
const portVariable = (name: SandboxProvider) => `SANDBOX_${name.toUpperCase()}_PORT`;
const keysOf = (name: SandboxProvider) => Object.entries(emulators[name].keys);

/** Every variable and its default. The keys do not change from start to start, so that clients keep theirs. */
const variables = z.object({
  ...Object.fromEntries(names.map((name) => [portVariable(name), portNumber.default(emulators[name].port)])),
  SANDBOX_SPEED: z.coerce.number().min(0.1).max(1000).default(1),
  SANDBOX_DIR: z.string().optional(),
  ...Object.fromEntries(names.flatMap(keysOf).map(([, { variable, form }]) => [variable, form])),
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

async function run(): Promise<void> {
  const set = readVariables();
  const values: Record<string, unknown> = set;
  const sandbox = await startSandbox({
    providers: names,
    speed: set.SANDBOX_SPEED,
    ...(set.SANDBOX_DIR !== undefined && { folder: set.SANDBOX_DIR }),
    ports: Object.fromEntries(names.map((name) => [name, values[portVariable(name)]])),
    keys: Object.fromEntries(
      names.map((name) => [
        name,
        Object.fromEntries(keysOf(name).map(([key, { variable }]) => [key, values[variable]])),
      ]),
    ),
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
  // npm starts this through a shell, which ends on SIGTERM without passing the signal on.
  if (process.env['npm_lifecycle_event'] !== undefined)
    setInterval(() => process.ppid !== parentId && void stop(), parentCheckMs).unref();

  const lines = names.flatMap((name) => {
    const started: Record<string, unknown> = { ...sandbox[name] };
    return [
      `${name.toUpperCase()}_BASE_URL=${String(started['baseUrl'])}`,
      ...keysOf(name).map(([key, { variable }]) => `${variable}=${String(started[key])}`),
    ];
  });
  console.log(['# The sandbox serves. Set for its clients:', ...lines].join('\n'));
}

try {
  await run();
} catch (error) {
  process.stderr.write(
    `The sandbox cannot start: ${error instanceof Error ? error.message : inspect(error)}\n`,
  );
  process.exit(1);
}
