import { readBody, sendJson } from '../lib/loopback-server.ts';
import type { Files } from './files.ts';
import { badRequest, notFound, sendProblem, tooLarge } from './problems.ts';
import type { Route } from './route.ts';

const maxFileBytes = 100 * 1024 * 1024;

/** `/v1/files`: what a client uploads to use as input. */
export function createFileRoutes({ files }: { files: Files }): Route[] {
  return [
    {
      method: 'POST',
      path: /^\/v1\/files$/,
      async handle({ request, response }) {
        const body = await readBody(request, maxFileBytes);
        if (!body) return sendProblem(response, tooLarge);
        const file = await files.create(body, request.headers['content-type'] ?? '');
        if (!file)
          return sendProblem(response, badRequest('The content field of a multipart form is required'));
        sendJson(response, 201, file);
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/files$/,
      handle: ({ response }) =>
        sendJson(response, 200, { previous: null, next: null, results: files.list() }),
    },
    {
      method: 'GET',
      path: /^\/v1\/files\/([\w-]+)$/,
      handle({ response }, [id = '']) {
        const file = files.find(id);
        if (!file) return sendProblem(response, notFound);
        sendJson(response, 200, file);
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/files\/([\w-]+)\/download$/,
      handle({ response }, [id = '']) {
        const file = files.read(id);
        if (!file) return sendProblem(response, notFound);
        response.writeHead(200, { 'Content-Type': file.contentType, 'Content-Length': file.bytes.length });
        response.end(file.bytes);
      },
    },
    {
      method: 'DELETE',
      path: /^\/v1\/files\/([\w-]+)$/,
      handle({ response }, [id = '']) {
        if (!files.delete(id)) return sendProblem(response, notFound);
        response.writeHead(204).end();
      },
    },
  ];
}
