import { describe, expect, it } from 'vitest';
import { graphqlDocuments } from './graphql-documents.ts';

function transform(code: string, id: string): string | undefined {
  const { transform: run } = graphqlDocuments() as unknown as {
    transform: (code: string, id: string) => { code: string } | undefined;
  };
  return run(code, id)?.code;
}

const tree = (definitions: object[]) => JSON.stringify({ kind: 'Document', definitions });
const name = (value: string) => ({ kind: 'Name', value });
const selectionSet = (field: object) => ({ kind: 'SelectionSet', selections: [field] });
const fragment = {
  kind: 'FragmentDefinition',
  name: name('F'),
  typeCondition: { kind: 'NamedType', name: name('T') },
  selectionSet: selectionSet({ kind: 'Field', name: name('id') }),
};
const query = (own: string) => ({
  kind: 'OperationDefinition',
  operation: 'query',
  name: name(own),
  selectionSet: selectionSet({ kind: 'FragmentSpread', name: name('F') }),
});

describe('the documents of the build', () => {
  it('replaces the tag by the text of its document', () => {
    const code =
      "import { graphql } from '../api/generated/gql.ts';\nconst A = graphql(`\n  query A {\n    a\n  }\n`);";
    expect(transform(code, '/client/feed/feed.ts')).toBe('\nconst A = "query A{a}";');
  });

  it('replaces the tag by the generated document where it has fragments, wherever the module is', () => {
    const code =
      "import { graphql } from '../api/generated/gql.ts';\nconst A = graphql(`\n  query A {\n    ...F\n  }\n`);";
    expect(transform(code, '/client/feed/feed.ts')).toBe(
      "import { ADocument as generatedADocument } from '../api/generated/graphql.ts';\nconst A = generatedADocument;",
    );
    expect(transform(code.replace('../api/', './'), '/client/api/news.ts')).toContain(
      "from './generated/graphql.ts'",
    );
  });

  it('writes each document as a text, and a fragment that several have once', () => {
    const line = (own: string) =>
      `export const ${own}Document = ${tree([query(own), fragment])} as unknown as DocumentNode<A, B>;`;
    const code = transform(`${line('A')}\n${line('B')}`, '/client/api/generated/graphql.ts') ?? '';
    expect(code.split('\n')).toEqual([
      'const fragmentF = "fragment F on T{id}";',
      'export const ADocument = "query A{...F}" + fragmentF;',
      'export const BDocument = "query B{...F}" + fragmentF;',
    ]);
  });
});
