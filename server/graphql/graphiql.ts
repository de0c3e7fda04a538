/** GraphiQL: one page with everything inline, 9 MB, which is packed once and then asked for by its tag. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { examples } from './graphiql-examples.ts';

/** Whether the request is that of a browser for a page. */
export function wantsGraphiQL({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && /^\/graphql\/?(\?|$)/.test(url ?? '') && !!headers.accept?.includes('text/html');
}

/** Answers with the page; packing it takes a second of another thread, at the first request. */
export function createGraphiQL() {
  let page: ReturnType<typeof packedPage> | undefined;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    page ??= packedPage();
    const { tag, identity, encodings } = await page;
    const headers = {
      'Cache-Control': 'no-cache',
      ETag: tag,
      Vary: 'Accept, Accept-Encoding, Origin',
      'Content-Type': 'text/html; charset=utf-8',
    };
    if (request.headers['if-none-match']?.includes(tag)) return void response.writeHead(304, headers).end();
    const accepted = String(request.headers['accept-encoding'] ?? '');
    const encoding = (['br', 'gzip'] as const).find((name) => new RegExp(`\\b${name}\\b`).test(accepted));
    response.writeHead(200, { ...headers, ...(encoding && { 'Content-Encoding': encoding }) });
    response.end(encoding ? encodings[encoding] : identity);
  };
}

/** Answers in place of the page where it is switched off: a browser's link runs no operation. */
export function refusePage(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(406, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' });
  response.end(
    'This is a GraphQL API, and GraphiQL is switched off here. Send POST requests of application/json.\n',
  );
}

/** Without it a tab that gets the focus moves away from under the pointer, and misses the click. */
const style = '<style>.graphiql-tab { transform: none !important }</style>';

async function packedPage() {
  const options = { title: 'Proofsheet API', subscriptionsProtocol: 'WS', defaultTabs: examples } as const;
  // 9 MB of source, which few processes need.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const identity = Buffer.from(renderGraphiQL(options).replace('</head>', `${style}</head>`));
  // A higher quality would take ten times as long to save another tenth.
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: identity.length };
  const [br, packed] = await Promise.all([
    promisify(brotliCompress)(identity, { params }),
    promisify(gzip)(identity),
  ]);
  const tag = `W/"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`;
  return { tag, identity, encodings: { br, gzip: packed } };
}
