import type { CodegenConfig } from '@graphql-codegen/cli';

const scalars = { DateTime: 'string', File: 'File', JSON: 'Record<string, unknown>' };

export default {
  schema: 'schema.graphql',
  ignoreNoDocuments: true,
  pluckConfig: { gqlMagicComment: 'operation' },
  generates: {
    'client/api/generated/': {
      documents: ['client/**/*.{ts,tsx}', '!client/api/generated/**', '!client/**/*.test.{ts,tsx}'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        scalars,
      },
    },
    // The preset writes only the types that operations use, and no operation selects an error code.
    'client/api/generated/enums.ts': {
      plugins: ['typescript'],
      config: { onlyEnums: true, enumsAsConst: true },
    },
    'sdk/src/generated/operations.ts': {
      documents: 'sdk/src/operations.ts',
      plugins: ['typescript-operations'],
      // A newer server may send values that the client does not know.
      config: { useTypeImports: true, enumsAsTypes: true, futureProofEnums: true, scalars },
    },
    'sdk/src/generated/enums.ts': {
      plugins: ['typescript'],
      config: { onlyEnums: true, enumsAsTypes: true, futureProofEnums: true },
    },
  },
  importExtension: '.ts',
} satisfies CodegenConfig;
