import { defineConfig } from 'oxlint';

/** Imports that files of some folders must not have; decision 1 gives the reasons. */
const forbidden = {
  client: { regex: '(^|/)client/', message: 'The server and the sandbox never import the client.' },
  server: { regex: '(^|/)server/', message: 'Use the public API: schema.graphql or HTTP.' },
  sandbox: { regex: '/sandbox/', message: 'Only adapters.ts imports the sandbox.' },
  adapters: {
    group: ['**/providers/*', '!**/providers/provider.ts', '**/storage/*', '!**/storage/storage.ts'],
    message: 'Only the composition root imports adapters: use providers/provider.ts or storage/storage.ts.',
  },
  graphql: {
    regex: String.raw`^(graphql|graphql-yoga|graphql-ws.*|@pothos/.*)$|/graphql/|/schema\.ts$|/mutations\.ts$`,
    message: 'Services, stores, workers and adapters do not depend on GraphQL.',
  },
  wholeSchema: {
    regex: String.raw`\.\./schema\.ts$`,
    message: 'Only the composition root imports the schema.',
  },
  tasks: { regex: '/tasks/', message: 'tasks imports the other features; they do not import tasks.' },
  features: {
    regex: '/(tasks|credits|images|models|auth|providers|storage)/',
    message: 'graphql knows no feature: a feature adds its types and services in its schema.ts.',
  },
  ownParts: {
    regex: '/(tasks|credits|images|models|auth|graphql|http|database|generated)/|^@prisma/',
    message: 'Ports and adapters import neither features nor Prisma.',
  },
  emulators: {
    regex: String.raw`\.\./(replicate|gemini)/`,
    message: 'Neither the drawings nor the other emulator depends on an emulator: use sandbox/lib.',
  },
  outside: { group: ['../*', '!../lib/*'], message: 'lib imports only lib.' },
} satisfies Record<string, { regex?: string; group?: string[]; message: string }>;

const server = ['client', 'sandbox'] as const;
const feature = [...server, 'adapters'] as const;

/** By files. Where several rows match a file, the last one applies. */
const arrows: Record<string, readonly (keyof typeof forbidden)[]> = {
  'client/**': ['server', 'sandbox'],
  'sandbox/**': ['client', 'server'],
  'sandbox/{drawing,replicate,gemini}/**': ['client', 'server', 'emulators'],
  'sandbox/lib/**': ['client', 'outside'],
  'server/**': server,
  'server/adapters.ts': ['client'],
  'server/{database,http}/**': feature,
  'server/graphql/**': [...server, 'features', 'wholeSchema'],
  'server/{providers,storage}/**': [...server, 'ownParts', 'graphql'],
  'server/lib/**': ['client', 'outside'],
  'server/tasks/**': [...feature, 'graphql'],
  'server/tasks/{schema,mutations}.ts': feature,
  'server/{credits,images,models,auth}/**': [...feature, 'tasks', 'graphql'],
  'server/{credits,images,models,auth}/schema.ts': [...feature, 'tasks'],
  // Tests put parts together as the composition root does.
  'server/**/*.test.ts': ['client'],
};

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['**/generated/**', 'dist/**'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'import/no-unassigned-import': 'off',
    'no-console': 'error',
    'no-shadow': 'off',
    'no-underscore-dangle': 'off',
    'no-unused-vars': 'error',
    'no-unmodified-loop-condition': 'off',
    'typescript/no-explicit-any': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/consistent-function-scoping': 'off',
    'promise/always-return': 'off',
    'promise/no-multiple-resolved': 'off',
  },
  overrides: [
    {
      files: ['*.config.ts', 'client/vite.config.ts', 'codegen.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
    { files: ['{server,sandbox}/main.ts', 'scripts/**', 'tests/**'], rules: { 'no-console': 'off' } },
    // Solid assigns `ref` variables.
    { files: ['client/**'], rules: { 'no-unassigned-vars': 'off' } },
    ...Object.entries(arrows).map(([files, names]) => ({
      files: [files],
      rules: {
        'no-restricted-imports': [
          'error' as const,
          { patterns: names.map((name) => forbidden[name]) },
        ] as const,
      },
    })),
  ],
});
