import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import solid from 'vite-plugin-solid';
import { defineConfig } from 'vitest/config';

// Two copies of graphql would fail each other's instanceof checks: this is the one that its other users load.
const graphql = fileURLToPath(import.meta.resolve('graphql'));
const server = {
  environment: 'node',
  execArgv: ['--disable-warning=ExperimentalWarning'],
  // What is waited for comes; how soon depends on how busy the machine is: these end what hangs.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 15_000 } },
};
const services = {
  ...server,
  env: {
    TEST_DATABASE_URL: process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  },
};
const chaos = { ...services, include: ['tests/chaos/*.services.test.ts'] };
/**
 * What they test ends before the database, is in the picture processes, or reaches it only by statements that others here
 * run too; beside these, account-mails and api-key-access have single-row reads and writes of Prisma's own. Once is enough.
 */
const onceIsEnough =
  'tests/{account-mails,api-key-access,api-keys,bucket,credentials,cross-origin,doctor,fast-path,http-protocol,imports,interrupted-uploads,limits,metrics,multipart,mutated-requests,operation-cost,overload,own-providers,provider-answers,refusals,refused-requests,s3-signatures,sandbox-models,secrets,sign-in,socket-protocol,traces,transports,upload-corpus,uploads}.test.ts';
/** Those that run where NODE_ENV is production, embedded: libraries behave differently there, and the Dockerfile sets it. */
const inProduction = 'tests/{cross-origin,generation,refusals,sign-in}.test.ts';
const timed = 'tests/chaos/{following,nodes}.services.test.ts';

export default defineConfig({
  test: {
    // Most tests wait for a server more than they compute.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    projects: [
      {
        resolve: { alias: { graphql } },
        test: {
          ...server,
          name: 'server',
          // Loading the product again for each file takes a fifth of the time; its modules keep no state.
          isolate: false,
          include: [
            '{server,sandbox,sdk}/**/*.test.ts',
            'bench/harness/*.test.ts',
            'tests/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: ['**/*.services.test.ts', inProduction],
        },
      },
      {
        resolve: { alias: { graphql } },
        test: {
          ...server,
          name: 'production',
          isolate: false,
          env: { NODE_ENV: 'production' },
          include: [inProduction],
        },
      },
      {
        resolve: { alias: { graphql } },
        test: {
          ...services,
          name: 'services',
          isolate: false,
          // What runs embedded in `server` runs here on PostgreSQL.
          include: [
            '{server,tests}/**/*.services.test.ts',
            'server/{credits,sharing,tasks,webhooks}/**/*.test.ts',
            'tests/*.test.ts',
          ],
          exclude: ['tests/chaos/**', onceIsEnough],
        },
      },
      {
        resolve: { alias: { graphql } },
        test: {
          ...server,
          name: 'browser',
          // As for `server`.
          isolate: false,
          include: ['tests/browser/*.test.ts'],
          testTimeout: 120_000,
          // As long as Playwright waits.
          expect: { poll: { timeout: 30_000 } },
        },
      },
      {
        // Kills, crash points, nodes and outages, seeded. They mostly wait, so files beside each other lose little.
        resolve: { alias: { graphql } },
        test: { ...chaos, name: 'chaos', exclude: [timed], sequence: { groupOrder: 1 }, maxWorkers: 2 },
      },
      {
        // Nothing runs beside them: what they print are milliseconds. A group of its own, as it has fewer workers.
        resolve: { alias: { graphql } },
        test: { ...chaos, name: 'chaos-timed', include: [timed], sequence: { groupOrder: 2 }, maxWorkers: 1 },
      },
      {
        // What a loaded machine measures is no fault of the product's: not part of CI.
        resolve: { alias: { graphql } },
        test: {
          ...server,
          name: 'measured',
          include: ['tests/measured/*.test.ts', 'tests/browser/measured/*.test.ts'],
          testTimeout: 300_000,
        },
      },
      {
        plugins: [solid()],
        test: {
          name: 'client',
          environment: 'jsdom',
          pool: 'vmThreads',
          include: ['client/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
});
