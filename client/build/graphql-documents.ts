import { type DocumentNode, Kind, print, stripIgnoredCharacters } from 'graphql';
import type { Plugin } from 'vite';

const tagImport = /import \{ graphql \} from '((?:\.{1,2}\/)+(?:api\/)?)generated\/gql\.ts';/;
const tagCall = /\bgraphql\(`\s*(query|mutation|subscription|fragment)\s+(\w+)[^`]*`\)/g;
const generatedDocument = /^export const (\w+) = (\{"kind":.*\}) as unknown as DocumentNode<.*>;$/gm;

/**
 * Makes the documents of the client small. Each `graphql(…)` becomes its text, or an import of its generated document
 * where it has fragments: the tag itself looks documents up by their text, so it would bring every one into the page
 * twice. And each generated document, which is a syntax tree with all its fragments written out, becomes its text: urql
 * takes texts as well, and parses them with a parser that is there anyway.
 */
export function graphqlDocuments(): Plugin {
  return {
    name: 'graphql-documents',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      if (id.endsWith('/generated/graphql.ts')) return { code: writeAsTexts(code), map: null };
      const tag = tagImport.exec(code);
      if (!tag || id.includes('/generated/')) return undefined;
      const names: string[] = [];
      const replaced = code.replace(tagCall, (call, kind: string, name: string) => {
        // A text goes with its module, and the generated documents all with the first load.
        if (kind !== 'fragment' && !call.includes('...'))
          return JSON.stringify(stripIgnoredCharacters(call.split('`')[1]!));
        const document = `${name}${kind === 'fragment' ? 'FragmentDoc' : 'Document'}`;
        names.push(document);
        return `generated${document}`;
      });
      const imports = names.map((name) => `${name} as generated${name}`).join(', ');
      const from = names.length > 0 ? `import { ${imports} } from '${tag[1]}generated/graphql.ts';` : '';
      return { code: replaced.replace(tag[0], from), map: null };
    },
  };
}

function writeAsTexts(code: string): string {
  const fragments = new Map<string, string>();
  const documents = code.replace(generatedDocument, (_line, name: string, tree: string) => {
    const parts = (JSON.parse(tree) as DocumentNode).definitions.map((definition) => {
      const text = JSON.stringify(stripIgnoredCharacters(print(definition)));
      if (definition.kind !== Kind.FRAGMENT_DEFINITION) return text;
      fragments.set(definition.name.value, text);
      return `fragment${definition.name.value}`;
    });
    return `export const ${name} = ${parts.join(' + ')};`;
  });
  const constants = [...fragments].map(([name, text]) => `const fragment${name} = ${text};`);
  return [...constants, documents].join('\n');
}
