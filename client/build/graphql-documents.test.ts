import { describe, expect, it } from 'vitest';
import { graphqlDocuments } from './graphql-documents.ts';

const tree = (definitions: object[]) => JSON.stringify({ kind: 'Document', definitions });
const name = (value: string) => ({ kind: 'Name', value });
const selectionSet = (selection: object) => ({ kind: 'SelectionSet', selections: [selection] });
const field = { kind: 'Field', name: name('id') };
const spread = (of: string) => ({ kind: 'FragmentSpread', name: name(of) });
const fragment = (own: string, selection: object) => ({
  kind: 'FragmentDefinition',
  name: name(own),
  typeCondition: { kind: 'NamedType', name: name('T') },
  selectionSet: selectionSet(selection),
});
const query = (own: string, selection: object) => ({
  kind: 'OperationDefinition',
  operation: 'query',
  name: name(own),
  selectionSet: selectionSet(selection),
});
const [outer, inner] = [fragment('F', spread('G')), fragment('G', field)];
const generated = Object.entries({
  FFragmentDoc: [outer, inner],
  ADocument: [query('A', spread('F')), outer, inner],
  BDocument: [query('B', field)],
})
  .map(([own, definitions]) => `export const ${own} = ${tree(definitions)} as unknown as DocumentNode<A, B>;`)
  .join('\n');

/** What the build makes of a module; the generated documents are read from `/client/api/generated` only. */
function transform(code: string, id: string): string | undefined {
  const read = (file: string) => (file === '/client/api/generated/graphql.ts' ? generated : '');
  const { transform: run } = graphqlDocuments(read) as unknown as {
    transform: (code: string, id: string) => { code: string } | undefined;
  };
  return run(code, id)?.code;
}

const tag = "import { graphql } from '../api/generated/gql.ts';\n";

describe('the documents of the build', () => {
  it('replaces the tag by the text of its document', () => {
    const code = `${tag}const B = graphql(\`\n  query B {\n    id\n  }\n\`);`;
    expect(transform(code, '/client/feed/feed.ts')).toBe('\nconst B = "query B{id}";');
  });

  it('puts the fragments that a document has after its text, wherever the module is', () => {
    const code = `${tag}const A = graphql(\`\n  query A {\n    ...F\n  }\n\`);`;
    expect(transform(code, '/client/feed/feed.ts')).toBe(
      "import { fragmentF, fragmentG } from '../api/generated/graphql.ts';\n" +
        'const A = "query A{...F}" + fragmentF + fragmentG;',
    );
    expect(transform(code.replace('../api/', './'), '/client/api/news.ts')).toContain(
      "from './generated/graphql.ts'",
    );
  });

  it('takes a fragment with those that it needs', () => {
    const code = `${tag}const F = graphql(\`\n  fragment F on T {\n    ...G\n  }\n\`);`;
    expect(transform(code, '/client/feed/feed.ts')).toContain('const F = fragmentF + fragmentG;');
  });

  it('refuses a document that is not generated', () => {
    const code = `${tag}const C = graphql(\`\n  query C {\n    id\n  }\n\`);`;
    expect(() => transform(code, '/client/feed/feed.ts')).toThrow('C is not generated');
  });

  it('keeps the fragments of the generated documents, each once, and nothing else of them', () => {
    expect(transform(`${generated}\nexport const other = 1;`, '/client/api/generated/graphql.ts')).toBe(
      'export const fragmentF = "fragment F on T{...G}";\nexport const fragmentG = "fragment G on T{id}";' +
        '\n\n\n\nexport const other = 1;',
    );
  });
});
