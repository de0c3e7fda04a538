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
    // The preset writes only the types that operations use, and no operation selects an error code.
    'client/api/generated/enums.ts': {
      plugins: ['typescript'],
      config: { onlyEnums: true, enumsAsConst: true },
    },
  },
  importExtension: '.ts',
} satisfies CodegenConfig;
