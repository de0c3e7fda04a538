import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('is imported by its name, built', async () => {
  const script = "import * as sdk from '@proofsheet/sdk'; console.log(Object.keys(sdk).join())";
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
  });
  expect((await run).stdout).toBe('ProofsheetError,TaskCanceledError,TaskFailedError,createClient\n');
});
