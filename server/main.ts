/** Starts the process with compiled code from the last start, which must be enabled before the first import. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import path from 'node:path';

// Where the folder cannot be written, everything is compiled again.
enableCompileCache(path.join(import.meta.dirname, '../node_modules/.cache/compiled'));
await import('./process.ts');
flushCompileCache();
