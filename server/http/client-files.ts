/** The built web client: hashed assets are cached for a year, the page itself is always revalidated. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IncomingMessage } from 'node:http';
import sirv from 'sirv';
import type { Handler } from './handler.ts';

/** Answers the files of the build and, for each address in its `routes.json`, the page; anything else with 404. */
export function createClientFiles({ folder, policy }: { folder: string; policy: string }): Handler {
  if (!existsSync(folder))
    return (_, response) => {
      response.writeHead(503, { 'Content-Type': 'text/plain' });
      response.end('The web client has not been built. Run: npm run build\n');
    };
  const serve = sirv(folder, {
    // Looks the files up as they are asked for: a list made at start would end the process where one of it is gone.
    dev: true,
    gzip: true,
    brotli: true,
    setHeaders(response, pathname) {
      const hashed = pathname.startsWith('/assets/');
      response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      response.setHeader('Content-Security-Policy', policy);
    },
  });

  const refuse: Handler = async (request, response) => {
    if (!request.headers.accept?.includes('text/html')) {
      response.writeHead(404, { 'Content-Type': 'text/plain' });
      return void response.end('Not found\n');
    }
    const page = await readFile(path.join(folder, 'index.html'));
    response.writeHead(404, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': policy,
    });
    response.end(page);
  };

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' });
      return void response.end();
    }
    let isFile = true;
    serve(request, response, () => {
      isFile = false;
    });
    if (isFile) return;
    if (!(await routesIn(folder)).includes(pathOf(request))) return refuse(request, response);
    request.url = '/';
    serve(request, response);
  };
}

/** The path without a slash at its end. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.replace(/[?#].*$/s, '').replace(/(.)\/+$/, '$1');
}

async function routesIn(folder: string): Promise<string[]> {
  return JSON.parse(await readFile(path.join(folder, 'routes.json'), 'utf8')) as string[];
}

/** The address of a stylesheet of the build that no page of the client loads; undefined where the client is not built. */
export async function readStylesheet(folder: string, name: string): Promise<string | undefined> {
  try {
    const text = await readFile(path.join(folder, 'stylesheets.json'), 'utf8');
    return (JSON.parse(text) as Record<string, string>)[name];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
