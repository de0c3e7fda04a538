/** Answers `/s/<token>`, the public page of a share link, and `/s/<token>/<position>[/preview]`, its pictures. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdmittedHandler } from '../http/request-limits.ts';
import { languageOf } from '../lib/accepted-language.ts';
import { createPerKeyCounter } from '../lib/per-key-limits.ts';
import type { ModelService } from '../models/service.ts';
import { openOrNot, sendObject } from '../storage/send-object.ts';
import type { ImageStorage } from '../storage/storage.ts';
import type { createSharedPageLookup, SharedPage } from './lookup.ts';
import { renderMissingPage, renderPage } from './page.ts';

interface Dependencies {
  pageOf: ReturnType<typeof createSharedPageLookup>;
  storage: Pick<ImageStorage, 'open'>;
  models: Pick<ModelService, 'ofTask' | 'provider'>;
  addressOf: (request: IncomingMessage) => string;
  /** The origin at which the page of this request is reached. */
  originOf: (request: IncomingMessage) => string;
  /** The address of the page's stylesheet, where the web client is built. */
  stylesheet: () => Promise<string | undefined>;
}

/** Of this form, or there is no such page: no other text reaches the database. */
const addressForm = /^\/s\/(?<token>[\w-]{24})(?:\/(?<position>\d{1,3})(?<preview>\/preview)?)?$/;

/** Pictures that one address reads at a time: a small share of the connections to the storage. */
const imagesAtOnce = 12;

/** Pictures and styles of its own origin, and nothing else. */
const policy = [
  "default-src 'none'",
  "img-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function createSharedPageHandler(dependencies: Dependencies): AdmittedHandler {
  const { pageOf, storage, models, addressOf, originOf, stylesheet } = dependencies;
  const startReading = createPerKeyCounter(imagesAtOnce);

  return async (request, response, admission) => {
    response.setHeader('X-Robots-Tag', 'noindex');
    response.setHeader('Referrer-Policy', 'no-referrer');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD', 'Cache-Control': 'no-store' });
      return void response.end();
    }
    const { token, position, preview } = addressIn(request);
    const page = token === undefined ? null : await pageOf(token);
    if (!page) return sendMissing(request, response);
    if (position === undefined) {
      admission.markNotRefused();
      return sendPage(page, request, response);
    }
    const image = page.images.find((each) => each.position === Number(position));
    if (!image) return sendMissing(request, response);
    const end = startReading(addressOf(request));
    if (!end) {
      response.writeHead(429, { 'Retry-After': '1', 'Cache-Control': 'no-store' });
      return void response.end();
    }
    try {
      const key = preview === undefined ? image.storageKey : image.thumbnailKey;
      const object = await openOrNot(storage, key);
      if (!object) return sendMissing(request, response);
      admission.markNotRefused();
      // Each use asks again, so that the end of the link holds for caches too.
      response.setHeader('Cache-Control', 'private, no-cache');
      await sendObject(object, { key, request, response });
    } finally {
      end();
    }
  };

  async function sendPage(page: SharedPage, request: IncomingMessage, response: ServerResponse) {
    const text = renderPage(page, {
      ...(await surroundings(request)),
      origin: originOf(request),
      model: models.ofTask(page).label,
      isSandbox: models.provider(page.provider).sandbox,
    });
    sendText(200, text, request, response);
  }

  async function sendMissing(request: IncomingMessage, response: ServerResponse) {
    sendText(404, renderMissingPage(await surroundings(request)), request, response);
  }

  async function surroundings({ headers }: IncomingMessage) {
    return { language: languageOf(headers['accept-language']), stylesheet: await stylesheet() };
  }
}

function addressIn({ url = '' }: IncomingMessage): Partial<Record<'token' | 'position' | 'preview', string>> {
  return addressForm.exec(url.replace(/[?#].*$/s, ''))?.groups ?? {};
}

function sendText(status: number, text: string, request: IncomingMessage, response: ServerResponse): void {
  const body = Buffer.from(text);
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': body.length,
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-store',
    Vary: 'Accept-Language',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
