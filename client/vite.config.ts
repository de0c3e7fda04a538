import { defineConfig, type Plugin } from 'vite';
import solid from 'vite-plugin-solid';

const server = 'http://localhost:4000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [graphqlDocuments(), solid()],
  build: { outDir: '../dist/client', emptyOutDir: true, modulePreload: { polyfill: false } },
  server: { proxy: { '/graphql': { target: server, ws: true }, '/api': server, '/files': server } },
});

/**
 * Replaces each `graphql(…)` by an import of its generated document. The tag itself looks documents up by their text,
 * so it would bring every document into the page twice.
 */
function graphqlDocuments(): Plugin {
  return {
    name: 'graphql-documents',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      const tag = /import \{ graphql \} from '([./]+)api\/generated\/gql\.ts';/.exec(code);
      if (!tag || id.includes('/generated/')) return undefined;
      const names: string[] = [];
      const replaced = code.replace(
        /\bgraphql\(`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`\)/g,
        (_call, kind: string, name: string) => {
          const document = `${name}${kind === 'fragment' ? 'FragmentDoc' : 'Document'}`;
          names.push(document);
          return `generated${document}`;
        },
      );
      const imports = names.map((name) => `${name} as generated${name}`).join(', ');
      return {
        code: replaced.replace(tag[0], `import { ${imports} } from '${tag[1]}api/generated/graphql.ts';`),
        map: null,
      };
    },
  };
}
