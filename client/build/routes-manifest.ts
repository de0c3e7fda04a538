import type { Plugin } from 'vite';
import { routes } from '../app/routes.ts';

/** Puts the addresses of the client's pages beside them, in `routes.json`. */
export function routesManifest(): Plugin {
  return {
    name: 'routes-manifest',
    apply: 'build',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'routes.json', source: JSON.stringify(routes) });
    },
  };
}
