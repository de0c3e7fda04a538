/** Apollo Server with its standalone HTTP server, as its documentation sets it up. */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { type Context, resolvers, typeDefs } from './store.ts';

const server = new ApolloServer<Context>({
  typeDefs: typeDefs.replace(/type Subscription.*/, ''),
  resolvers,
});
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req: { headers } }) => ({ authorization: headers.authorization ?? '' }),
});
console.log(`ready ${url.replace(/\/$/, '')}`);
