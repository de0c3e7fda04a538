/** The built web client: hashed assets are cached for a year, the page itself is always asked for anew. */
import { existsSync } from 'node:fs';
import type { Handler } from './handler.ts';
import sirv from 'sirv';

export function createClientFiles({ folder, policy }: { folder: string; policy: string }): Handler {
  if (!existsSync(folder))
    return (_, response) => {
      response.writeHead(503, { 'Content-Type': 'text/plain' });
      response.end('The web client has not been built. Run: npm run build\n');
    };
  const serve = sirv(folder, {
    // Looks the files up as they are asked for: a list made at start would end the process where one of it is gone.
    dev: true,
    single: true,
    gzip: true,
    brotli: true,
    setHeaders(response, pathname) {
      const hashed = pathname.startsWith('/assets/');
      response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      response.setHeader('Content-Security-Policy', policy);
    },
  });
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' });
      return void response.end();
    }
    serve(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain' });
      response.end('Not found\n');
    });
  };
}
