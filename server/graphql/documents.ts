/** The documents that were sent recently: their trees, and which of them are valid. Every transport uses them. */
import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

/** No client sends a faulty document often. */
const nothingCached = { get: () => undefined, set() {} };

export type Documents = ReturnType<typeof createDocuments>;

export function createDocuments() {
  // A tree takes far more memory than its text, so the texts are limited too: Yoga's own cache holds a thousand documents
  // of any length.
  const trees = new LRUCache<string, DocumentNode>({
    max: 200,
    maxSize: 250_000,
    sizeCalculation: (_, text) => Math.max(text.length, 1),
  });
  const valid = new WeakSet<DocumentNode>();
  return {
    /** Yoga's parser and validation use it. */
    cache: { documentCache: trees, errorCache: nothingCached },
    plugin: {
      onValidate:
        ({ params: { documentAST } }) =>
        ({ valid: isValid }) => {
          if (isValid) valid.add(documentAST);
        },
    } satisfies Plugin as Plugin,
    /** The tree of a document that was sent before and is valid. */
    findValid(text: string): DocumentNode | undefined {
      const tree = trees.get(text);
      return tree && valid.has(tree) ? tree : undefined;
    },
  };
}
