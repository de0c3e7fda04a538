import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

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
