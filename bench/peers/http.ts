/** The limit of the works over HTTP: `node:http`, JSON, and the database where the work has one. No GraphQL. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { findTask, findViewer, models } from './store.ts';
import { serve } from './serve.ts';

interface Body {
  query: string;
  variables: { id?: string };
}

async function answer({ query, variables }: Body, authorization: string) {
  if (query.includes('viewer'))
    return { viewer: { credits: (await findViewer(authorization))?.credits ?? null } };
  if (query.includes('task')) return { task: await findTask(authorization, variables.id ?? '') };
  return { models };
}

const server = createServer(async (request, response) => {
  const body = JSON.parse(await text(request)) as Body;
  const data = JSON.stringify({ data: await answer(body, request.headers.authorization ?? '') });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(data) });
  response.end(data);
});
serve(server);
