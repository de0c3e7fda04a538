import type { CodegenConfig } from '@graphql-codegen/cli';

export default {
  schema: 'schema.graphql',
  documents: ['client/**/*.{ts,tsx}', '!client/api/generated/**', '!client/**/*.test.{ts,tsx}'],
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
  },
  importExtension: '.ts',
} satisfies CodegenConfig;
