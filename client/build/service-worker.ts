import type { Plugin } from 'vite';
import { pages } from '../app/pages.ts';
import type { Build } from '../offline/shell.ts';

const fileName = 'service-worker.js';
/** What a page without a connection needs of the files of the build. */
const kept = /^assets\/.+\.(?:js|css|woff2|webp)$/;

/** Builds the service worker, whose name has no hash, and writes into it what it keeps. After `buildId`. */
export function serviceWorker(): Plugin {
  let root: string;
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      root = config.root;
    },
    buildStart() {
      this.emitFile({ type: 'chunk', id: `${root}/offline/service-worker.ts`, fileName });
    },
    generateBundle(_options, bundle) {
      const [worker, page] = [bundle[fileName], bundle['index.html']];
      if (worker?.type !== 'chunk' || page?.type !== 'asset')
        throw new Error('The build has no worker or page.');
      // A worker of one file: the browser compares it as a whole to notice a new one.
      if (worker.imports.length > 0) throw new Error(`The worker imports ${worker.imports.join()}.`);
      const id = /name="build" content="(\w+)"/.exec(String(page.source))?.[1];
      if (id === undefined) throw new Error('The page has no id of the build.');
      const files = Object.keys(bundle)
        .filter((name) => kept.test(name))
        .map((name) => `/${name}`);
      const build: Build = { id, routes: Object.keys(pages), files: files.toSorted() };
      worker.code = worker.code.replace(/\bBUILD\b/, () => JSON.stringify(build));
    },
  };
}
