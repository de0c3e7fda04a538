/** graphql-yoga as its documentation sets it up, with graphql-ws for subscriptions. */
import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { resolvers, typeDefs } from './store.ts';
import { subscribe } from './task-events.ts';
import { serve } from './serve.ts';

const schema = createSchema({
  typeDefs,
  resolvers: { ...resolvers, Subscription: { taskUpdated: { subscribe } } },
});
const yoga = createYoga({
  schema,
  logging: false,
  context: ({ request }) => ({ authorization: request.headers.get('authorization') ?? '' }),
});
const server = createServer(yoga);
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
serve(server);
