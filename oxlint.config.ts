import { defineConfig } from 'oxlint';

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
    'no-unmodified-loop-condition': 'off',
    'typescript/no-explicit-any': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/consistent-type-imports': 'error',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/consistent-function-scoping': 'off',
    'promise/always-return': 'off',
  },
  overrides: [
    {
      files: ['*.config.ts', 'client/vite.config.ts', 'codegen.ts'],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      files: ['server/process.ts', 'sandbox/main.ts', 'scripts/**', 'tests/**', 'bench/**'],
      rules: { 'no-console': 'off' },
    },
    // Solid assigns `ref` variables.
    { files: ['client/**'], rules: { 'no-unassigned-vars': 'off' } },
  ],
});
