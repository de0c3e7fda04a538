import type { CodegenConfig } from '@graphql-codegen/cli';

export default {
  schema: 'schema.graphql',
  documents: ['client/**/*.{ts,tsx}', '!client/api/generated/**'],
  ignoreNoDocuments: true,
  generates: {
    'client/api/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars: { DateTime: 'string', File: 'File', JSON: 'Record<string, unknown>' },
      },
    },
    'client/api/generated/introspection.json': {
      plugins: ['introspection'],
      config: { minify: true },
    },
  },
  importExtension: '.ts',
} satisfies CodegenConfig;
