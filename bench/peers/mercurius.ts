/** mercurius with fastify, as its documentation sets it up; with graphql-jit where MERCURIUS_JIT is set. */
import Fastify from 'fastify';
import mercurius, { type IResolvers } from 'mercurius';
import { resolvers, typeDefs } from './store.ts';
import { subscribe } from './task-events.ts';

const app = Fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: { ...resolvers, Subscription: { taskUpdated: { subscribe } } } as IResolvers,
  context: ({ headers }) => ({ authorization: headers.authorization ?? '' }),
  subscription: { context: () => ({ authorization: '' }) },
  ...(process.env['MERCURIUS_JIT'] && { jit: 1 }),
});
console.log(`ready ${await app.listen({ port: 0, host: '127.0.0.1' })}`);
