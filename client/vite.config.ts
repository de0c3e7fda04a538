import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { buildId, compress, routesManifest, stylesheetManifest } from './build/output-files.ts';
import { graphqlDocuments } from './build/graphql-documents.ts';
import { serviceWorker } from './build/service-worker.ts';

const server = 'http://localhost:4000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    graphqlDocuments(),
    solid(),
    routesManifest(),
    stylesheetManifest(),
    buildId(),
    serviceWorker(),
    compress(),
  ],
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The stylesheet is that of the pages that the server makes at `/s`.
      input: ['/index.html', '/shared-page.css'],
      output: {
        // What the first script needs stays in one piece. Left alone, the bundler splits off what later parts use as well,
        // other modules each time one comes or goes, and small pieces compress less well.
        codeSplitting: { groups: [{ name: 'main', test: /client[\\/]main\.tsx$/ }] },
      },
    },
    // A picture inside a script is loaded before anything is shown, and the policy of the page allows few data URLs.
    assetsInlineLimit: 0,
  },
  server: {
    // The server takes a page for its own where Origin and Host agree, so the proxy keeps Host as it is.
    proxy: Object.fromEntries(
      ['/graphql', '/api', '/files', '^/s/'].map((path) => [
        path,
        { target: server, ws: true, changeOrigin: false },
      ]),
    ),
  },
});
