/** Prisma's schema engine, built to WebAssembly: the one that its command line would download as a program. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type * as Engine from '@prisma/schema-engine-wasm/schema_engine_bg';

let engineModule: Promise<typeof Engine> | undefined;

/** Loads the engine, once in a process: its glue code keeps the loaded instance to itself. */
export function loadSchemaEngine(): Promise<typeof Engine> {
  return (engineModule ??= instantiate());
}

async function instantiate(): Promise<typeof Engine> {
  const specifier = '@prisma/schema-engine-wasm/schema_engine_bg';
  const glue: typeof Engine = await import(specifier);
  const wasmFile = fileURLToPath(import.meta.resolve(specifier)).replace(/\.js$/, '.wasm');
  const imports = Object.fromEntries(
    Object.entries(glue).map(([name, value]): [string, WebAssembly.ImportValue] =>
      // The engine never clears the timer that limits its wait for the lock: it must not hold up the process's end.
      name.startsWith('__wbg_setTimeout') ? [name, setUnreferencedTimeout] : [name, value],
    ),
  );
  const { instance } = await WebAssembly.instantiate(await readFile(wasmFile), {
    './schema_engine_bg.js': imports,
  });
  glue['__wbg_set_wasm'](instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return glue;
}

function setUnreferencedTimeout(callback: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(callback, delayMs).unref();
}
