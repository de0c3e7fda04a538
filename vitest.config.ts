import { createRequire } from 'node:module';
import solid from 'vite-plugin-solid';
import { defineConfig } from 'vitest/config';

// Two copies of graphql (its ESM and CJS entries) would fail each other's instanceof checks.
const graphql = createRequire(import.meta.url)
  .resolve('graphql')
  .replace(/index\.(mjs|js)$/, 'index.js');
const server = {
  environment: 'node',
  execArgv: ['--disable-warning=ExperimentalWarning'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: { graphql } },
        test: {
          ...server,
          name: 'server',
          include: ['server/**/*.test.ts', 'tests/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.services.test.ts'],
        },
      },
      {
        resolve: { alias: { graphql } },
        test: { ...server, name: 'services', include: ['{server,tests}/**/*.services.test.ts'] },
      },
      {
        resolve: { alias: { graphql } },
        test: { ...server, name: 'browser', include: ['tests/browser/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        plugins: [solid()],
        test: { name: 'client', environment: 'jsdom', include: ['client/**/*.test.{ts,tsx}'] },
      },
    ],
  },
});
