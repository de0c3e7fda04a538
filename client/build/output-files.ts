/** Vite plugins for the files that the build writes. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';
import { pages } from '../app/pages.ts';

const texts = new Set(['.html', '.js', '.css', '.svg', '.txt']);
/** Below this size compression saves less than its headers cost. */
const smallestBytes = 512;

/** Compresses each text file of the build with Brotli and gzip: the server sends the results as they are. */
export function compress(): Plugin {
  let folder: string;
  return {
    name: 'compress',
    apply: 'build',
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    async writeBundle() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && texts.has(path.extname(entry.name)));
      await Promise.all(files.map((entry) => compressFile(path.join(entry.parentPath, entry.name))));
    },
  };
}

async function compressFile(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < smallestBytes) return;
  await Promise.all([
    promisify(brotliCompress)(content, {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    }).then((packed) => writeFile(`${file}.br`, packed)),
    promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }).then((packed) =>
      writeFile(`${file}.gz`, packed),
    ),
  ]);
}

/** Writes the routes of the client's pages to `routes.json`, for the server. */
export function routesManifest(): Plugin {
  return {
    name: 'routes-manifest',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'routes.json', source: JSON.stringify(Object.keys(pages)) });
    },
  };
}

/** Writes the addresses of stylesheets that are entries of the build to `stylesheets.json`, for the server's own pages. */
export function stylesheetManifest(): Plugin {
  return {
    name: 'stylesheet-manifest',
    apply: 'build',
    generateBundle(_options, bundle) {
      const addresses: Record<string, string> = {};
      for (const output of Object.values(bundle))
        if (output.type === 'asset' && output.originalFileNames.length === 1)
          for (const name of output.originalFileNames)
            if (name.endsWith('.css')) addresses[path.basename(name, '.css')] = `/${output.fileName}`;
      this.emitFile({ type: 'asset', fileName: 'stylesheets.json', source: JSON.stringify(addresses) });
    },
  };
}

/** Gives the build an id made of what is in it, in the page and in `build.txt`, so that an open page can notice a newer one. */
export function buildId(): Plugin {
  return {
    name: 'build-id',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['index.html'];
      if (page?.type !== 'asset') throw new Error('The build has no index.html.');
      const text = String(page.source);
      // The names of the other files carry hashes of their content.
      const names = Object.keys(bundle).toSorted().join('\n');
      const id = createHash('sha256').update(names).update(text).digest('hex').slice(0, 16);
      page.source = text.replace('</head>', `  <meta name="build" content="${id}" />\n  </head>`);
      this.emitFile({ type: 'asset', fileName: 'build.txt', source: `${id}\n` });
    },
  };
}
