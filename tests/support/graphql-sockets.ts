import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createGraphQLSockets } from '../../server/graphql/ws.ts';

/** Serves WebSockets that execute in `getEnveloped`, without limits, until the test is finished. */
export async function serveSockets(getEnveloped: (context: never) => object, stalledMs?: number) {
  const sockets = createGraphQLSockets({
    yoga: { getEnveloped } as never,
    persisted: { resolve: (params) => params },
    refusals: { admit: async () => ({ waitMs: 0, markNotRefused: () => {}, countBytes: () => {} }) },
    addressOf: () => 'address',
    viewerOf: async () => null,
    maxSocketsPerAddress: 100,
    maxSocketsPerUser: 100,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    ...(stalledMs !== undefined && { stalledMs }),
  });
  const server = createServer().on('upgrade', sockets.upgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await sockets.close();
    server.close();
  });
  return { sockets, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
}
