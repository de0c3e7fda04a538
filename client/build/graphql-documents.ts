import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type DefinitionNode, type DocumentNode, Kind, print, stripIgnoredCharacters } from 'graphql';
import type { Plugin } from 'vite';

const tagImport = /import \{ graphql \} from '((?:\.{1,2}\/)+(?:api\/)?generated\/)gql\.ts';/;
const tagCall = /\bgraphql\(`\s*(?:query|mutation|subscription|fragment)\s+(\w+)[^`]*`\)/g;
const generatedDocument = /^export const (\w+) = (\{"kind":.*\}) as unknown as DocumentNode<.*>;$/gm;

/**
 * Makes the documents of the client small. Each `graphql(…)` becomes the text of its document, which then is loaded with
 * its module: the tag itself looks documents up by their text, so it would bring every one into the first load, twice.
 * A fragment is a constant of the generated module, since several documents have it. Texts are enough, as urql parses
 * them with a parser that is there anyway.
 */
export function graphqlDocuments(read = (file: string) => readFileSync(file, 'utf8')): Plugin {
  return {
    name: 'graphql-documents',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      if (id.endsWith('/generated/graphql.ts')) return { code: writeFragments(code), map: null };
      const [line, folder] = tagImport.exec(code) ?? [];
      if (!line || !folder || id.includes('/generated/')) return undefined;
      const documents = readDocuments(read(path.join(path.dirname(id), folder, 'graphql.ts')));
      const fragments = new Set<string>();
      const write = (definition: DefinitionNode) => {
        if (definition.kind !== Kind.FRAGMENT_DEFINITION) return textOf(definition);
        fragments.add(definition.name.value);
        return `fragment${definition.name.value}`;
      };
      const replaced = code.replace(tagCall, (call, name: string) => {
        const document = documents.get(`${name}Document`) ?? documents.get(`${name}FragmentDoc`);
        if (!document) throw new Error(`${id}: ${name} is not generated. Run: npm run generate`);
        return document.definitions.map(write).join(' + ');
      });
      const names = [...fragments].map((name) => `fragment${name}`).join(', ');
      const imports = names && `import { ${names} } from '${folder}graphql.ts';`;
      return { code: replaced.replace(line, imports), map: null };
    },
  };
}

const textOf = (definition: DefinitionNode) => JSON.stringify(stripIgnoredCharacters(print(definition)));

/** The generated documents by the names of their constants, each with all its fragments. */
function readDocuments(code: string): ReadonlyMap<string, DocumentNode> {
  const lines = code.matchAll(generatedDocument);
  return new Map([...lines].map(([, name, tree]) => [name!, JSON.parse(tree!) as DocumentNode]));
}

/** In place of the documents, the texts of their fragments. */
function writeFragments(code: string): string {
  const fragments = new Map<string, string>();
  for (const { definitions } of readDocuments(code).values())
    for (const definition of definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        fragments.set(definition.name.value, textOf(definition));
  const constants = [...fragments].map(([name, text]) => `export const fragment${name} = ${text};`);
  return [...constants, code.replace(generatedDocument, '')].join('\n');
}
